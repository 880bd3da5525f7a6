# two-conditions: a producer and consumers, with a condition for each thing that is waited for
#
# The cure of the model condition-variable: the producer waits until the place is empty, the consumers until it is full, and each
# signal goes to those who can use it. Every item is eaten, in every schedule.
.var eaten
.var full               # whether there is an item
.mutex m
.condition filled
.condition emptied
.thread producer
.rept THREADS
    lock m
.again
    test $0, full
    je .put
    cwait emptied, m
    j .again
.put
    mov $1, full
    signal filled
    unlock m
.endr
.main
    lock m
.again
    test $1, full
    je .take
    cwait filled, m
    j .again
.take
    mov $0, full
    add $1, eaten
    signal emptied
    unlock m
