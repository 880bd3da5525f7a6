.var x
.thread A
    mov $1, x
    io
    mov $3, x
.thread B
    mov $2, x
    nop
