.var x
.thread reader
    mov x, %ax
.thread writer
    mov $1, x
    mov $2, x
