# wrong-parameter.s: a scheduler in the text
.scheduler tick, quantum = 3, lag = 2
.var value
.main
.rept ITERS
    mov value, %ax
    add $1, %ax
    mov %ax, value
.endr
