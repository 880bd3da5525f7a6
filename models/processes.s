# processes: no race, since every process counts in a memory of its own
#
# What separate processes (fork, or Python's multiprocessing) do instead of threads: each has its own copy of the counter,
# a word of the table here, and increments it with the unprotected load, add and store of the model unlocked. Nobody else
# touches that word, so nothing is lost. At the end each sends its result through a pipe, and the parent adds them up: the
# total is always THREADS * ITERS.
.var total
.var counter THREADS
.queue pipe, THREADS
.main
.rept ITERS
    mov counter[SELF], %ax
    add $1, %ax
    mov %ax, counter[SELF]
.endr
    put pipe, counter[SELF]
.thread parent
.rept THREADS
    get pipe, %ax
    add %ax, total
.endr
