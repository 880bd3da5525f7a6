# bounded-buffer: THREADS producers and a consumer around a buffer with room for two items
#
# Semaphores count the rooms and the items, and a mutex guards the buffer (Dijkstra, Cooperating sequential processes, 1965). Each
# producer makes ITERS items, and the consumer takes them all. What is observed is the sum of what it has taken.
.var sum
.var buffer 2
.var in
.var out
.semaphore room, 2
.semaphore items, 0
.mutex guard
.main
.rept ITERS
    wait room
    lock guard
    mov $1, %bx
    xor in, %bx
    test $0, %bx
    jne .low
    mov $SELF+1, buffer[1]
    j .made
.low
    mov $SELF+1, buffer[0]
.made
    mov %bx, in
    unlock guard
    post items
.endr
.thread consumer
.rept THREADS*ITERS
    wait items
    lock guard
    mov $1, %bx
    xor out, %bx
    test $0, %bx
    jne .low
    mov buffer[1], %ax
    j .taken
.low
    mov buffer[0], %ax
.taken
    mov %bx, out
    add %ax, sum
    unlock guard
    post room
.endr
