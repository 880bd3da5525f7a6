.var n
.var go
.thread a
    mov $1, go
    .rept ITERS
    mov $0, go
    .endr
.thread b
.spin
    test $1, go
    jne .spin
    mov $1, n
