.var v
.top
add $1, v
test $4, v
jlt .top
