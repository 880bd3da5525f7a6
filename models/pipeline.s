# pipeline: two stages joined by two bounded queues, where every item arrives, and in order
#
# A source puts the numbers 1 .. ITERS into a queue; the first stage gets each, works on it and puts it into another queue;
# the second stage gets each and checks that it is the one whose turn it is. Nobody shares a variable with anybody. A queue
# with room for two items lets a thread run ahead by two and then makes it wait (bounded buffers, Dijkstra, 1965; pipes
# in Unix). Whatever the scheduler does, all ITERS items arrive in order.
.var arrived            # how many items arrived when it was their turn
.queue raw, 2
.queue finished, 2
.thread source
.rept ITERS
    add $1, %ax
    put raw, %ax
.endr
.thread first
.rept ITERS
    get raw, %ax
    mul $10, %ax        # the work
    put finished, %ax
.endr
.thread second
.rept ITERS
    add $10, %bx        # the item whose turn it is
    get finished, %ax
    test %bx, %ax
    jne .wrong
    add $1, arrived
.wrong
.endr
