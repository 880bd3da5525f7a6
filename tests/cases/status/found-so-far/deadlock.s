.var n
.mutex a
.mutex b
.thread up
.top
    add $1, n
    lock a
    lock b
    unlock b
    unlock a
    j .top
.thread down
    lock b
    lock a
    unlock a
    unlock b
