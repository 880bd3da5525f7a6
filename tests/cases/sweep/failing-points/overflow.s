# overflow.s: 3 times too much
.var x, 3074457345618258603
.main
    mov x, %ax
    mul $STEP, %ax
    mov %ax, x
