# semaphore: the increment race behind a counting semaphore with PERMITS permits
#
# One permit makes the semaphore a lock: the result is always THREADS * ITERS. With `--define PERMITS=2` two threads are
# let in together, and the race is back (Dijkstra's P and V, 1965, are `wait` and `post` here). The marked section is what
# `--assert exclusive` looks at.
.default PERMITS, 1
.var counter
.semaphore s, PERMITS
.main
.rept ITERS
    wait s
.critical
    mov counter, %ax    # load
    add $1, %ax         # add
    mov %ax, counter    # store
.endcritical
    post s
.endr
