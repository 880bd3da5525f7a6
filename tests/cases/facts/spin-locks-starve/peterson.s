# peterson.s: two threads, loads and stores alone, again and again; %fx is the address of flag, %dx who one is, %cx the other one
.var flag 2
.var turn
.var count
.main
    lea flag, %fx
    mov $SELF, %dx
    mov %dx, %cx
    neg %cx
    add $1, %cx
.top
    mov $1, (%fx,%dx,4)
    mov %cx, turn
.spin
    mov (%fx,%cx,4), %ax
    test $1, %ax
    jne .inside
    mov turn, %ax
    test %cx, %ax
    je .spin
.inside
    .critical
    nop
    .endcritical
    mov $0, (%fx,%dx,4)
    j .top
