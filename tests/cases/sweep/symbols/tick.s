# tick.s: the race on one processor
.scheduler tick, quantum = 100
.var value
.main
.rept ITERS
    mov value, %ax
    add $1, %ax
    mov %ax, value
.endr
