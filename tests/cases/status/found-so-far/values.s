# `go` bounds the loop, once it is 1; how far n has come by then has no bound.
.var n
.var go
.thread up
.top
    add $1, n
    test $1, go
    jne .top
.thread down
    mov $1, go
