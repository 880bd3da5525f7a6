.var x
.mutex m
.mutex n
.thread a
    lock m
    lock n
    add $1, x
    unlock n
    unlock m
.thread b
    lock n
    lock m
    add $1, x
    unlock m
    unlock n
