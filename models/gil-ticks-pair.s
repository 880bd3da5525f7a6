# gil-ticks-pair: two threads that only compute, under the interpreter lock of Python 2: why they take longer than one after the other
#
# The lock of Python/thread_pthread.h is a flag, a mutex that protects it for no time at all, so that it is a stretch here, and a condition variable on
# which those sleep that found it taken. Each CHECK bytecodes the thread that runs gives the lock back, which wakes the one who sleeps, a call
# of the system of SIGNAL ticks, and takes it again. Who was woken is on the way back for WAKE ticks, and then finds the flag taken again:
# `failed`. On one processor he stands in line for it; on two he is there at once, mostly fails, and must be woken again.
#
# The makespan, `rounds`, is to be compared with that of cpu-bound: racecheck sweep cores=1,2,4 -m gil-ticks-pair
.default WORK, 6        # pieces of work of each thread
.default CHECK, 4       # bytecodes in a piece, a tick each
.default WAKE, 1        # ticks of the way back from the system
.default SIGNAL, 2      # ticks that it costs to wake somebody
.scheduler cores, cores = 1

.var locked             # the flag: somebody has the interpreter
.var asleep 2           # a thread sleeps on the condition variable
.event woken, 2         # ... until this is set

.main
.rept WORK
.tick 0
.take
    .atomic             # PyThread_acquire_lock
        test $0, locked
        jne .sleep
        mov $1, locked
        j .run
.sleep
        .count failed
        mov $1, asleep[SELF]
        .endcount
        clear woken[SELF]
    .endatomic
    await woken[SELF]
.tick WAKE
    nop                 # on the way back
.tick 0
    j .take             # and looks at the flag again
.run
.tick CHECK
    nop                 # bytecodes
.tick 0
    .atomic             # PyThread_release_lock
        mov $0, locked
        test $1, asleep[1-SELF]
        jne .done       # there is nobody to wake
        mov $0, asleep[1-SELF]
    .endatomic
.tick SIGNAL
    set woken[1-SELF]   # pthread_cond_signal
.tick 0
.done
.endr
