# counter: two threads count to ITERS each, in a loop, on one counter
#
# The same race as in the model unlocked, but with a loop as a compiler would write it: each thread counts its own rounds
# in %bx. The rounds decide where a thread goes next, so racecheck keeps them in its states (they are control); the
# counter and %ax are only moved about (they are data).
#
#     racecheck examples/counter.s --iters 3
.var counter
.main
    mov $ITERS, %bx
.top
    mov counter, %ax    # load
    add $1, %ax         # add
    mov %ax, counter    # store
    sub $1, %bx
    test $0, %bx
    jgt .top            # again while %bx > 0
