# wrong-value.s: a scheduler in the text
.scheduler tick, quantum = 0
.var value
.main
.rept ITERS
    mov value, %ax
    add $1, %ax
    mov %ax, value
.endr
