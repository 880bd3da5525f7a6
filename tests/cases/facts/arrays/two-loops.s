# two-loops: each thread adds to x 3,000 times, and then 2,000 times with another register in between.
.var x
.main
.rept 3000
    mov x, %ax
    add $1, %ax
    mov %ax, x
.endr
.rept 2000
    mov x, %ax
    mov %ax, %bx
    add $1, %bx
    mov %bx, x
.endr
