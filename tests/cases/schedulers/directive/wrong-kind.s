# wrong-kind.s: a scheduler in the text
.scheduler lottery
.var counter
.main
.rept ITERS
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endr
