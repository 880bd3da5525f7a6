# io-starvation: a thread that returns from input waits for a processor that a computing thread need never give up
#
# The thread io reads ITERS requests and serves each with a little work. The thread cpu computes until all are served. A
# switch every 100 ticks that lets any thread go on, the same one too, promises nothing: the thread that is running may win
# each time, and io, which has given the processor away by its own will, never gets it back. That is how the lock of
# CPython's old interpreter behaved on several cores (Beazley, Understanding the Python GIL, 2010). With `--pick
# round-robin` io waits for at most one quantum. Every schedule that ends has served ITERS requests, but one need not end.
.scheduler tick, quantum = 100, pick = any, phase = any
.var served
.thread cpu
.compute
    test $ITERS, served
    jlt .compute
.thread io
.rept ITERS
    io                  # away until the request is there
    add $1, served
.endr
