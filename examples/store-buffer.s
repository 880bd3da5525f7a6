# store buffer: both threads can load 0, on memory as x86 has it
.var x
.var y
.observe first.%ax, second.%ax
.memory tso
.thread first
    mov $1, x
    mov y, %ax
.thread second
    mov $1, y
    mov x, %ax
