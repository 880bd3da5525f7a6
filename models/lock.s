# lock: the increment race repaired with a mutex around load, add and store
#
# The same three steps as in the model unlocked, as a critical section: between a thread's load and its store nobody else
# can store, so no increment is lost and the result is always THREADS * ITERS. A thread that finds the mutex taken waits
# without taking steps (Dijkstra's mutual exclusion, 1965, with a lock that blocks).
.var counter
.mutex m
.main
.rept ITERS
    lock m
.critical
    mov counter, %ax    # load
    add $1, %ax         # add
    mov %ax, counter    # store
.endcritical
    unlock m
.endr
