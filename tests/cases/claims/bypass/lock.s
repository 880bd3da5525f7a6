.var n
.mutex m
.main
.rept 3
    lock m
    .critical
    add $1, n
    .endcritical
    unlock m
.endr
