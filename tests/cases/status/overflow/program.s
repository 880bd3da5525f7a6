.var x, 9223372036854775807
.main
    mov x, %ax
    add $1, %ax
    mov %ax, x
