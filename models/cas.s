# cas: the increment race repaired without a lock, by a loop around compare-and-swap
#
# A thread computes what it wants to store, and stores it only if the word still holds what it has computed from; otherwise
# it tries again with what it has found, as a loop around atomic_compare_exchange in C11 does. No increment is lost, so the
# result is always THREADS * ITERS. A thread fails only because another one has succeeded: somebody always gets on, and all
# schedules end (lock-free in the sense of Herlihy, Wait-free synchronization, 1991), although one thread may have to
# try often.
.var counter
.main
.rept ITERS
    mov counter, %ax    # what the thread expects
.again
    mov %ax, %bx
    add $1, %bx         # what it wants
    cas %bx, counter    # stores %bx if counter is still %ax, otherwise loads counter into %ax
    jne .again
.endr
