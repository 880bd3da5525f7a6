.default STEP, -4
.default FIRST, 31
.var tickets, FIRST
.mutex bolt

.main
.rept ITERS
    lock bolt
    .critical
    mov tickets, %ax
    add $1, %dx
    add $STEP, %ax
    mov %ax, tickets
    .endcritical
    unlock bolt
.endr
