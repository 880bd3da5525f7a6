# plus-and-times: x = x + 1 against x = 2 * x, with x = 1 at the start
#
# Two operations that do not commute: even without any interference the result depends on who comes first (4 or 3). The
# third result, 2, is a lost update, and 18 of the 20 schedules lead to it. Multiplication is not "moved with a constant
# added", so racecheck stores the values of x in its states here; --explain says so.
#
#     racecheck examples/plus-and-times.s
.var x, 1

.thread plus
    mov x, %ax
    add $1, %ax
    mov %ax, x

.thread times
    mov x, %ax
    mul $2, %ax
    mov %ax, x
