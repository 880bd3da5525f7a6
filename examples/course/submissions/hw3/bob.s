.default STEP, -1
.default FIRST, -12
.var score, FIRST
.mutex bolt

.main
.rept ITERS
    lock bolt
    .critical
    mov score, %ax
    add $1, %dx
    add $STEP, %ax
    mov %ax, score
    .endcritical
    unlock bolt
.endr
