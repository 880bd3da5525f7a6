# times.s: x = 2 * x, and a variable of its own
.var other
.var x
.main
    mov x, %ax
    mul $2, %ax
    mov %ax, x
