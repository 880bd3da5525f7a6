.var x
.main
.rept ITERS
    mov x, %ax
    add x, %ax
    mov %ax, x
.endr
