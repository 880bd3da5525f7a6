# transfer: a function with parameters on the stack, and a table of accounts
#
# Each thread calls the same function to move money from one account to another. Its parameters are pushed from the last to
# the first; inside, 4(%sp) is the first one, for the return address lies on top. Accounts are words of a table, found by
# computed addresses: account(,%bx,4) is account[%bx]. Each thread has a stack of its own.
#
# The function takes no lock, so money can be lost or made. `--define LOCKED=1` makes it take one.
#
#     racecheck examples/transfer.s --observe 'account[0]'
#     racecheck examples/transfer.s --observe 'account[0]' --define LOCKED=1
.default LOCKED, 0
.var account 2, 100
.mutex books

.main
    push $1-SELF        # to: T0 moves money to account 1, T1 to account 0
    push $SELF          # from
    push $30-10*SELF    # how much: 30, and 20
    call .transfer
    halt

.transfer
    mov 4(%sp), %ax     # how much
    mov 8(%sp), %bx     # from
    mov 12(%sp), %cx    # to
    .rept LOCKED
    lock books
    .endr
    .critical
    mov account(,%bx,4), %dx
    sub %ax, %dx
    mov %dx, account(,%bx,4)
    add %ax, account(,%cx,4)
    .endcritical
    .rept LOCKED
    unlock books
    .endr
    ret
