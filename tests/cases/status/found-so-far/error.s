.var n
.mutex m
.thread up
.top
    add $1, n
    j .top
.thread down
    test $3, n
    jne .fine
    unlock m
.fine
    nop
