# an error on one branch, a different length on the other
.var x
.var flag
.mutex m
.thread A
    test $1, flag
    je .bad
    .rept 4
    add $5, x
    .endr
    halt
.bad
    unlock m
.thread B
    mov $1, flag
