# nested: the increment race in a loop around a loop, ITERS and ITERS again
#
# What is proved for every number of repetitions is proved of a single loop. So here the extremes of 2 * ITERS increments are folded.
.var counter
.main
.rept 2
.rept ITERS
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endr
.endr
