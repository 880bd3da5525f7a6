# bank: two transfers between two accounts
#
# a has 100 at the start, b has 50. One clerk moves 30 from a to b, the other 20 from b to a. The right end is a = 90 and
# b = 60. Each account is read, changed and written back without protection, so one of two changes to it can be lost:
# money appears or vanishes.
#
#     racecheck examples/bank.s --observe a
#     racecheck examples/bank.s --observe b
.var a, 100
.var b, 50

.thread first
    mov a, %ax
    sub $30, %ax
    mov %ax, a
    mov b, %ax
    add $30, %ax
    mov %ax, b

.thread second
    mov b, %ax
    sub $20, %ax
    mov %ax, b
    mov a, %ax
    add $20, %ax
    mov %ax, a
