# yield-lock: test-and-set, but whoever finds the lock taken gives up the processor
#
# Nothing changes in what can happen; a lot changes in how long it takes. On one processor a thread that spins uses up its
# quantum for nothing, since the holder cannot run meanwhile. One that yields lets the holder run at once.
#
#     racecheck examples/yield-lock.s --assert exclusive
.var count
.var flag
.main
.again
    mov $1, %ax
    xchg %ax, flag      # look and set, in one step
    test $0, %ax
    je .enter
    yield               # taken: let the others run
    j .again
.enter
    .critical
    mov count, %bx
    add $1, %bx
    mov %bx, count
    .endcritical
    mov $0, flag
