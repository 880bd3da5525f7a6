# sig: a signal before a step that can turn out in several ways
.var x
.main
 choose 1, 3, x
.tick 2
 choose 0, 2, x
.tick 2
 mov x,%ax
 add $1,%ax
 mov %ax,x
