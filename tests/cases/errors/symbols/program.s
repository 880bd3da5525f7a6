.var x
.main
    mov $COUNT, x
