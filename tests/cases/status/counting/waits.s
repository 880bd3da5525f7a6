# The second thread does nothing by itself.
.var n
.semaphore turn, 0
.thread first
.rept ITERS
    add $1, n
.endr
    post turn
.thread second
    wait turn
.rept ITERS
    add $1, n
.endr
