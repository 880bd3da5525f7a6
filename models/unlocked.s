# unlocked: the increment race, a shared counter without any protection
#
# Each thread increments one counter ITERS times, as a compiler writes `counter = counter + 1` for a machine that adds in
# registers: load, add, store. A thread that is interrupted between its load and its store overwrites what others have
# stored meanwhile. The classic exercise of courses on operating systems: with two threads and ten iterations the result
# can be anything from 2 to 20.
.var counter
.main
.rept ITERS
    mov counter, %ax    # load
    add $1, %ax         # add
    mov %ax, counter    # store
.endr
