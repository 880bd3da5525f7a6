.var t 4096
.main
mov t[4095](%bx), %ax
