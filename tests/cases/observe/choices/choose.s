.var x
.main
choose 1, 3, %ax
add %ax, x
