.var counter
.main
    .critical
    add $1, counter
    nop
    .endcritical
