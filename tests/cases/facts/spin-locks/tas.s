# tas.s: test and set, %bx times
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
    mov count, %ax
    add $1, %ax
    mov %ax, count
    .endcritical
    mov $0, mutex
    sub $1, %bx
    test $0, %bx
    jgt .top
    halt
