# guarded.s: a lock is one
.var count
.mutex m
.main
    lock m
    .critical
    add $1, count
    .endcritical
    unlock m
