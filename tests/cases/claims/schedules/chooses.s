# Whoever always chooses 0 goes on for ever; that is fair.
.var n
.thread a
.again
    choose $0, $1, %ax
    test $1, %ax
    jne .again
    mov %ax, n
