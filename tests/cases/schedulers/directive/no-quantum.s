# no-quantum.s: a scheduler in the text
.scheduler tick
.var value
.main
.rept ITERS
    mov value, %ax
    add $1, %ax
    mov %ax, value
.endr
