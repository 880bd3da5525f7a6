# wrong-parameter.s: a scheduler in the text
.scheduler tick, quantum = 3, lag = 2
.var counter
.main
.rept ITERS
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endr
