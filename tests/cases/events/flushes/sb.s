# sb: two stores, two flushes
.var x
.var y
.var a
.var b
.thread one
    mov $1, x
    mov y, %ax
    mov %ax, a
.thread two
    mov $1, y
    mov x, %ax
    mov %ax, b
