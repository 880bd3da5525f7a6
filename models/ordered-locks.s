# ordered-locks: the model deadlock cured, both threads take the mutexes in one order
#
# Who holds b has got a before, so nobody can hold b and wait for a: the circle cannot close (Havender's ordered resources,
# 1968). The result is always 2 * ITERS, and there is no deadlock.
.var counter
.mutex a
.mutex b
.thread first
.rept ITERS
    lock a
    lock b
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    unlock b
    unlock a
.endr
.thread second
.rept ITERS
    lock a
    lock b
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    unlock b
    unlock a
.endr
