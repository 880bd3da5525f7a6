.var v
.queue q, 2
.main
put q, (%bx)
get q, 8(%bx)
put q, $-1
