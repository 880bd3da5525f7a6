.var x
.main
.rept ITERS
 mov x, %ax
 add $1099511627776, %ax
 sub $1099511627775, %ax
 mov %ax, x
.endr
