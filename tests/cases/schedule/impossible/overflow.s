.var value
.main
    mov $9223372036854775807, value
    add $1, value
