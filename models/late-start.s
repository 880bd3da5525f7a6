# late-start: no race is seen where the second thread starts when the first one has finished
#
# The loop of the model unlocked on two cores that run in step. Thread `late` counts as 3 * ITERS steps ahead from the
# start, i.e. it is started that much later: starting a thread takes longer than a short loop does. So both loops run one
# after the other, and the result is always 2 * ITERS, although nothing protects the counter. A smaller difference shows
# the race again: try `--offset 0,3` or `--scheduler free`. The two threads are named, so --threads does not matter.
.scheduler parallel, lag = 1, offset = 0 : 3*ITERS
.var counter
.thread early
.rept ITERS
    mov counter, %ax    # load
    add $1, %ax         # add
    mov %ax, counter    # store
.endr
.thread late
.rept ITERS
    mov counter, %ax    # load
    add $1, %ax         # add
    mov %ax, counter    # store
.endr
