# condition-variable: a producer and consumers on one condition, who can all sleep for ever
#
# One place can hold one item. The producer makes an item for each of the THREADS consumers, and everybody waits on the same
# condition, in a loop, as it should be. But a signal wakes only one, and not always one who can go on: a consumer that signals
# can wake another consumer, which finds nothing and sleeps again, and so does the producer. The cure is a condition for each
# of the two things that are waited for (the model two-conditions), or broadcast instead of signal (Hoare, Monitors, 1974;
# Lampson and Redell, Experience with processes and monitors in Mesa, 1980).
.var eaten
.var full               # whether there is an item
.mutex m
.condition changed
.thread producer
.rept THREADS
    lock m
.again
    test $0, full
    je .put
    cwait changed, m    # sleeps without the mutex, and has it again when it goes on
    j .again
.put
    mov $1, full
    signal changed
    unlock m
.endr
.main
    lock m
.again
    test $1, full
    je .take
    cwait changed, m
    j .again
.take
    mov $0, full
    add $1, eaten
    signal changed
    unlock m
