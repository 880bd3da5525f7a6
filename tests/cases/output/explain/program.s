.var x
.var unused
.var flag
.thread A
    mov x, %ax
    mov %ax, %bx
    add $2, %bx
    mov %bx, x
    mov $1, flag
.thread B
.again
    test $0, flag
    je .again
    mov x, %cx
    add $1, %cx
    mov %cx, x
    mov $5, %dx
    mov %dx, unused
