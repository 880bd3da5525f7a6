.var x, 1
.main
    mov x, %ax
    mul $2, %ax
    mov %ax, x
