.var n, 5
.main
.rept ITERS
    mov n, %ax
    add $1, %ax
    mov %ax, n
.endr
