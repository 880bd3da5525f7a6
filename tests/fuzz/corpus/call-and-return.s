.var v
.main
push $1
call .f
add $4, %sp
halt
.f
mov 4(%sp), %ax
add %ax, v
ret
