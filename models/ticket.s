# ticket: a lock that serves first come, first served
#
# Whoever wants to enter draws a ticket, in one step, and waits until its number is called (fetch-and-add; Mellor-Crummey and
# Scott, Algorithms for scalable synchronization, 1991). Nobody is overtaken by more than the others who had drawn before, so nobody
# starves, if only everybody is given turns.
.var counter
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
    mov counter, %bx
    add $1, %bx
    mov %bx, counter
.endcritical
    mov $1, %bx
    fetchadd %bx, turn  # the next one, please
