# tick.s: the race on one processor
.scheduler tick, quantum = 100
.var counter
.main
.rept ITERS
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endr
