# bank-transfer: two transfers between two accounts, with a lock for each account
#
# One clerk moves 30 from a to b, the other 20 from b to a. Both take the locks in the same order, so that nobody waits for ever, and no
# money is lost or made: a + b is 150 at the end. Without the locks (`--define LOCKED=0`) one of two changes can be lost.
.default LOCKED, 1
.var a, 100
.var b, 50
.observe a, b
.mutex account, 2
.thread first
.rept LOCKED
    lock account[0]
    lock account[1]
.endr
    mov a, %ax
    sub $30, %ax
    mov %ax, a
    mov b, %ax
    add $30, %ax
    mov %ax, b
.rept LOCKED
    unlock account[1]
    unlock account[0]
.endr
.thread second
.rept LOCKED
    lock account[0]
    lock account[1]
.endr
    mov b, %ax
    sub $20, %ax
    mov %ax, b
    mov a, %ax
    add $20, %ax
    mov %ax, a
.rept LOCKED
    unlock account[1]
    unlock account[0]
.endr
