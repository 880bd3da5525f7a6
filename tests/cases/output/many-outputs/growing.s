.var n
.thread A
.top
    add $1, n
    print n
    j .top
