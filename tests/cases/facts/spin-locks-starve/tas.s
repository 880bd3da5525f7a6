# tas.s: test and set, again and again
.var mutex
.var count
.main
.top
.acquire
    mov $1, %ax
    xchg %ax, mutex
    test $0, %ax
    jne .acquire
    .critical
    nop
    .endcritical
    mov $0, mutex
    j .top
