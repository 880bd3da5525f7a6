# ticket.s: take a number and wait for your turn, again and again; numbers go round, so that states are finitely many: who
# takes number THREADS takes 0 instead, and that many off the machine
.var ticket
.var turn
.main
.top
    mov $1, %ax
    fetchadd %ax, ticket
    test $THREADS, %ax
    jlt .try
    jgt .wrap
    mov $THREADS, %dx
    neg %dx
    fetchadd %dx, ticket
.wrap
    sub $THREADS, %ax
.try
    mov turn, %cx
    test %cx, %ax
    jne .try
    .critical
    nop
    .endcritical
    add $1, %ax
    test $THREADS, %ax
    jne .leave
    mov $0, %ax
.leave
    mov %ax, turn
    j .top
