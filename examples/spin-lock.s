# spin-lock: test-and-set, the cure for examples/flag-lock.s: looking and setting are one step
#
# xchg writes 1 into the flag and tells in the same step what was there before. Whoever finds 0 is the only one who did.
#
#     racecheck examples/spin-lock.s --assert 'count == 2'
.var count
.var flag
.main
.wait
    mov $1, %bx
    xchg %bx, flag
    test $0, %bx
    jne .wait           # it was taken: try again
    .critical
    mov count, %ax
    add $1, %ax
    mov %ax, count
    .endcritical
    mov $0, flag
