# yield.s: test and set, and a thread that finds the lock taken gives its turn away, again and again
.var mutex
.var count
.main
.top
.acquire
    mov $1, %ax
    xchg %ax, mutex
    test $0, %ax
    je .taken
    yield
    j .acquire
.taken
    .critical
    nop
    .endcritical
    mov $0, mutex
    j .top
