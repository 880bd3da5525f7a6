.var x
.main
    mov x, %ax
    frob $1, %ax
