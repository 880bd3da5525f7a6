.var x
.mutex m
.main
    mov $1, x
    unlock m
