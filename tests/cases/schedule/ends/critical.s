.var value
.main
    .critical
    add $1, value
    nop
    .endcritical
