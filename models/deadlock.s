# deadlock: two threads that take the same two mutexes in opposite order
#
# Each increment needs both mutexes. Where both threads have taken their first one, each waits for the other for ever (the
# circular wait of Coffman, Elphick and Shoshani, System deadlocks, 1971). Schedules that escape give 2 * ITERS. The model
# ordered-locks is the cure.
.var counter
.mutex a
.mutex b
.thread first
.rept ITERS
    lock a
    lock b
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
    unlock b
    unlock a
.endr
.thread second
.rept ITERS
    lock b
    lock a
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
    unlock a
    unlock b
.endr
