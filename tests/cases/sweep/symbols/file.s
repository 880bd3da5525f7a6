# file.s: a sum
.var x
.var total
.main
    mov $START, %ax
    add $STEP, %ax
    mov %ax, total
