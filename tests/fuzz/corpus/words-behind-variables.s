.var v
.main
mov $1, 104
mov $2, 105
mov %ax, 4(%bx)
xchg %ax, v(%bx)
fetchadd %ax, -1(%bx)
cas %bx, (%cx)
