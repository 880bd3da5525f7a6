# no-quantum.s: a scheduler in the text
.scheduler tick
.var counter
.main
.rept ITERS
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endr
