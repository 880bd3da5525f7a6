# sum.s: ten times what %ax was, and what %bx was
.var sum
.main
    mul $10, %ax
    add %bx, %ax
    fetchadd %ax, sum
