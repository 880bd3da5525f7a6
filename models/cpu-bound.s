# cpu-bound: threads that compute and share nothing, as processes do: how long they take on a number of processors
#
# Each makes WORK pieces of CHECK ticks. With one thread and twice the work it is the program that does one after the other. What
# gil-ticks-pair and gil-interval take longer their locks cost.
.scheduler cores, cores = 1
.default WORK, 6
.default CHECK, 4
.main
.rept WORK
.tick CHECK
    nop
.endr
