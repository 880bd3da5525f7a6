# ticket: the catalogue's lock that serves first come, first served, taken ITERS times
.var counter
.var ticket
.var turn
.main
.rept ITERS
    mov $1, %ax
    fetchadd %ax, ticket
.wait
    mov turn, %cx
    test %cx, %ax
    jne .wait
    .critical
    mov counter, %bx
    add $1, %bx
    mov %bx, counter
    .endcritical
    mov $1, %bx
    fetchadd %bx, turn
.endr
