# race: loads are counted
.var n
.main
.rept ITERS
    .count loads
    mov n, %ax
    .endcount
    add $1, %ax
    mov %ax, n
.endr
