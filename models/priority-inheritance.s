# priority-inheritance: the holder of a mutex has the priority of those that wait for it, so that nobody in between keeps it from running
#
# The same threads as in priority-inversion, and one word more: `inherit`. While `high` waits for the mutex, `low` has its priority, leaves the
# critical section before `middle` does anything, and `high` is not late (Sha, Rajkumar and Lehoczky, Priority inheritance protocols, 1990).
.mutex m, inherit
.var work
.var late
.observe late
.thread low, priority 1
    lock m
    spawn high          # both begin while low is in its critical section
    spawn middle
    unlock m
.thread middle, later, priority 2
.rept ITERS
    add $1, work
.endr
.thread high, later, priority 3
    lock m
    mov work, %ax
    mov %ax, late
    unlock m
