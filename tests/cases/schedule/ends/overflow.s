.var counter
.main
    mov $9223372036854775807, counter
    add $1, counter
