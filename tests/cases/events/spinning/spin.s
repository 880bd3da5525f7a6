# spin: a lock that is tried again and again
.var n
.mutex m
.thread a
.again
    trylock m, %ax
    test $1, %ax
    jne .again
    add $1, n
    unlock m
.thread b
    lock m
    .count held
    add $1, n
    .endcount
    unlock m
