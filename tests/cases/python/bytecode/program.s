.var x
.main
 add $1, x
