.var x
.var y
.var z
.main
 add $1, x
