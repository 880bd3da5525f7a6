.var x
.main
 mov x, %ax
 add $1, %ax
 mov %ax, x
 mov x, %bx
 print %bx
