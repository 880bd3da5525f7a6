# tick.s: a scheduler in the text
.scheduler tick, quantum = 3
.var counter
.main
.rept ITERS
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endr
