# nought: divides by what another thread may have made 0
.var x, 2
.thread a
    mov x, %ax
    mov $9, %bx
    div %ax, %bx
    shr %ax, %bx
    mov %bx, x
.thread b
    sub $2, x
