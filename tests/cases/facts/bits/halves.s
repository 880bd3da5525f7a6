# halves: what a thread reads decides by what it divides; values are needed, not only copied
.var x, 12
.thread a
    mov x, %ax
    div $5, %ax
    shl $3, %ax
    mov %ax, x
.thread b
    mov x, %bx
    mod $5, %bx
    not %bx
    xor $6, %bx
    mov %bx, x
.thread c
    and $13, x
