.var x
.main
    mov y, %ax
