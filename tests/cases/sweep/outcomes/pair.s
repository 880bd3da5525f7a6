.var a, 1
.var b, 1
.thread A
 mov a, %ax
 mov b, %bx
 add %bx, %ax
 mov %ax, a
.thread B
 mov b, %ax
 mov a, %bx
 add %bx, %ax
 mov %ax, b
