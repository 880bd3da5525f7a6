# dining: philosophers who share forks, and can starve at a full table
#
# Each of THREADS philosophers takes the fork to the left and then the one to the right (Dijkstra, Hierarchical ordering of
# sequential processes, 1971). Where all have taken their left one, all wait for ever. With `--define POLITE=1` the last one takes
# the right one first, and everybody eats.
.default POLITE, 0
.var meals
.mutex fork, THREADS
.main
    mov $SELF, %bx      # the fork to the left
    mov $SELF, %cx
    add $1, %cx
    mod $THREADS, %cx   # the fork to the right
    test $THREADS-1, %bx
    jne .sit
.rept POLITE
    mov %cx, %ax        # the last one changes hands
    mov %bx, %cx
    mov %ax, %bx
.endr
.sit
    lock fork(%bx)
    lock fork(%cx)
    add $1, meals
    unlock fork(%cx)
    unlock fork(%bx)
