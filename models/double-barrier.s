# double-barrier: a barrier made of a semaphore, used twice, where threads can hang
#
# The last of THREADS to arrive opens the turnstile, and each who goes through opens it for the next one. That is right once. The second
# time the turnstile is still open, so that a thread can run through it, come round and shut it behind the others (Downey, The
# little book of semaphores, 2016, section 3.6). The instructions arrive and .barrier do not have this fault: see the model barrier.
.var rounds
.var count
.mutex m
.semaphore turnstile, 0
.main
.rept 2
    lock m
    add $1, count
    mov count, %ax
    unlock m
    test $THREADS, %ax
    jne .wait
    post turnstile      # the last one opens
.wait
    wait turnstile
    post turnstile
    add $1, rounds
    lock m
    sub $1, count
    mov count, %ax
    unlock m
    test $0, %ax
    jne .next
    wait turnstile      # the last one shuts
.next
.endr
