# priority-inversion: a thread of high priority waits for one of low priority, which a third one keeps from running
#
# On one processor, only those of the highest priority run. `low` has the mutex when `high`, which needs it, and `middle`, which does not,
# begin. So `high` waits for `low`; but `low` does not run as long as `middle` computes, for however long that is: `late` says how many of
# its ITERS pieces of work `middle` has done before `high` has the mutex. This stopped a spacecraft on Mars in 1997. In priority-inheritance
# the mutex lends its holder the priority of those that wait for it.
.mutex m
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
