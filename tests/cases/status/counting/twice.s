.var n, 5
.main
.rept ITERS
    mov n, %ax
    add $2, %ax
    mov %ax, n
.endr
