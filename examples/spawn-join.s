# spawn-join: a thread that starts another one, works beside it, and waits for its end
#
# With JOINS = 0 it does not wait, and may read the sum before it is there.
#
#     racecheck examples/spawn-join.s --assert 'total == 30'
.default JOINS, 1
.var left
.var right
.var total
.observe total

.thread parent
    spawn child
    mov $10, left
    test $0, $JOINS
    je .sum
    join child
.sum
    mov left, %ax
    add right, %ax
    mov %ax, total

.thread child, later
    mov $20, right
