# dead: deadlocks and errors of the program are ends, too
.mutex a
.mutex b
.var x
.thread one
    lock a
    .count both
    lock b
    .endcount
    unlock b
    unlock a
.thread two
    lock b
    lock a
    .count both
    nop
    .endcount
    unlock a
    unlock b
    assert x
