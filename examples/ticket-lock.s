# ticket-lock: first come, first served (fetchadd; Mellor-Crummey and Scott, 1991)
#
# Whoever wants to enter draws a ticket, in one step, and waits until its number is called. Nobody is overtaken more often
# than there are others who had drawn before: so nobody starves, if only everybody is given turns.
#
#     racecheck examples/ticket-lock.s --threads 3 --assert exclusive
.var count
.var ticket             # the next one to be drawn
.var turn               # the one whose turn it is
.main
    mov $1, %ax
    fetchadd %ax, ticket
.wait
    mov turn, %cx
    test %cx, %ax
    jne .wait           # not yet mine
    .critical
    mov count, %bx
    add $1, %bx
    mov %bx, count
    .endcritical
    mov $1, %bx
    fetchadd %bx, turn  # the next one, please
