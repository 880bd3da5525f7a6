# ticket.s: take a number and wait for your turn, %bx times
.var ticket
.var turn
.var count
.main
.top
    mov $1, %ax
    fetchadd %ax, ticket
.try
    mov turn, %cx
    test %cx, %ax
    jne .try
    .critical
    mov count, %ax
    add $1, %ax
    mov %ax, count
    .endcritical
    mov $1, %ax
    fetchadd %ax, turn
    sub $1, %bx
    test $0, %bx
    jgt .top
    halt
