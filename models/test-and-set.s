# test-and-set: a lock made of one flag that is looked at and set in one step
#
# xchg writes 1 into the flag and tells in the same step what was there before. Whoever finds 0 is the only one who did. All
# the others try again and again, and nobody says who comes next. Here each thread takes the lock once. If the others took it again and
# again, a thread could wait for ever even if everybody is given turns.
.var counter
.var flag
.main
.wait
    mov $1, %bx
    xchg %bx, flag
    test $0, %bx
    jne .wait           # it was taken: try again
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, flag
