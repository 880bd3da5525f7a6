# gil-ticks-io: a thread that serves requests beside one that only computes, under the interpreter lock of Python 2
#
# The lock is that of gil-ticks-pair. `io` gives it back to wait for a request, and must win it from `cpu` to serve it, again and again. What
# that costs is seen beside `--define BUSY=0`, without the other thread: racecheck sweep BUSY=0,1 cores=1,2 -m gil-ticks-io
.default REQUESTS, 3
.default BUSY, 1        # 0: io is alone
.default CHECK, 4       # bytecodes between two looks at the lock
.default WAKE, 1        # ticks of the way back from the system
.default SIGNAL, 2      # ticks that it costs to wake somebody
.scheduler cores, cores = 2

.var locked             # the flag: somebody has the interpreter
.var asleep 2           # a thread sleeps on the condition variable
.event woken, 2         # ... until this is set
.var served
.observe served

.thread cpu
.rept BUSY
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
    j .take
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
    test $REQUESTS, served
    jlt .take           # computes until all are served
.endr

.thread io
.rept REQUESTS
.tick 0
    io                  # waits for a request, without the lock
.take
    .atomic
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
    nop
.tick 0
    j .take
.run
.tick 1
    add $1, served
.tick 0
    .atomic
        mov $0, locked
        test $1, asleep[1-SELF]
        jne .done
        mov $0, asleep[1-SELF]
    .endatomic
.tick SIGNAL
    set woken[1-SELF]
.tick 0
.done
.endr
