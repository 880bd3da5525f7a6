# audit: is the money all there?
#
# The transfers of examples/bank.s, now as the bank should do them, under a mutex; and an auditor who adds up both accounts
# without asking for it. Nothing is lost, 150 is there at the end, but the auditor can see 120 or 130, a moment when money has
# left one account and has not reached the other: reading needs the lock too.
#
# `total = a + b` is no "value plus a constant", so the accounts' values are kept in the states; see --explain.
#
#     racecheck examples/audit.s --observe total
#     racecheck examples/audit.s --observe total --define CAREFUL=1
.var a, 100
.var b, 50
.var total
.mutex books

.thread first
    lock books
    sub $30, a
    add $30, b
    unlock books

.thread second
    lock books
    sub $20, b
    add $20, a
    unlock books

.thread auditor
    .rept CAREFUL
    lock books
    .endr
    mov a, %ax
    add b, %ax
    mov %ax, total
    .rept CAREFUL
    unlock books
    .endr
