# twin-cores: the increment race on cores that run in step, as on a microcontroller with two of them
#
# The loop of the model unlocked, where no core is ever more than two steps ahead of another one. All load the same value
# and store the same sum: every increment but one of each round is lost, every time, so the result is ITERS, never more, and
# never less, for that needs a thread that sleeps while another one stores several times (`--lag 4` and more show it).
.scheduler parallel, lag = 2
.var counter
.main
.rept ITERS
    mov counter, %ax    # load
    add $1, %ax         # add
    mov %ax, counter    # store
.endr
