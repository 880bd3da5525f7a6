# The schedule in which a is between the steps of b ends in an error.
.var x
.mutex m
.thread a
    lock m
    mov $2, x
.thread b
    test $2, x
    je .done
    mov $1, x
    unlock m
.done
    mov $3, x
