.var x, 1
.var y
.thread a
    mov $5, x
.rept ITERS
    mov x, %ax
    add $2, %ax
    mov %ax, x
.endr
.thread b
.rept ITERS
    add $1, x
    mov x, %bx
.endr
.thread c
    mov x, %ax
    mov %ax, y
    mov y, %bx
    add $1, %bx
    mov %bx, x
