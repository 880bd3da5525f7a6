.var x
.var y
.var t 4
.thread a
    mov $5, %ax
    mov $1, x
    mov $1, y
    mov $0, %ax
.thread b
    mov $2, y
    mov $2, x
    mov y, %bx
