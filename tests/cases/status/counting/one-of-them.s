.var n
.thread counts
.rept ITERS
    add $1, n
.endr
.thread resets
    mov $0, n
