# overlap.s: a flag is no lock
.var count
.var flag
.main
.again
    mov flag, %bx
    test $1, %bx
    je .again
    mov $1, flag
    .critical
    add $1, count
    .endcritical
    mov $0, flag
