# gil-interval: two threads that only compute, under the interpreter lock of Python 3.2 and later
#
# Who wants the lock (Python/ceval_gil.h, take_gil) sleeps until it is given back, or until INTERVAL have passed, 5 ms in CPython and pieces of
# work of the thread that runs here, since then a timer of the system wakes him. If the lock is still taken then he asks the
# holder to let go. The holder looks after each CHECK bytecodes whether it was asked; then it gives the lock back and waits until another
# one has it: a forced switch. So there are as few switches as times that somebody waited for long, and hardly any failure.
#
# Compare it with gil-ticks-pair: racecheck sweep INTERVAL=1..6 cores=1,2 -m gil-interval
.default WORK, 6        # pieces of work of each thread
.default CHECK, 4       # bytecodes in a piece, a tick each
.default INTERVAL, 3    # pieces until a sleeper's time is up
.default WAKE, 1        # ticks of the way back from the system
.default SIGNAL, 2      # ticks that it costs to wake somebody
.scheduler cores, cores = 1

.var locked             # somebody has the interpreter
.var holder, 2          # who had it last
.var request            # gil_drop_request: the holder is asked to let go
.var asleep 2           # a thread sleeps, and waits for the lock,
.var due 2              # ... for so many pieces more
.event woken, 2         # ... until this is set
.event taken, 2         # somebody else has taken the lock since this thread had it

.main
.rept WORK
.tick 0
    .atomic             # goes on with the lock, or takes it
        test $SELF, holder
        jne .enter
        test $1, locked
        je .run
.enter
        mov $INTERVAL, due[SELF]
    .endatomic
.take
    .atomic             # take_gil
        test $0, locked
        jne .busy
        mov $1, locked
        mov $0, request # of the one before
        mov $SELF, holder
        clear taken[SELF]
        set taken[1-SELF] # who may go on
        j .run
.busy
        test $0, due[SELF]
        jne .sleep
        mov $1, request # the time is up
        mov $INTERVAL, due[SELF]
.sleep
        .count slept
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
    .atomic             # a piece has passed: is the other one's time up?
        test $1, asleep[1-SELF]
        jne .look
        sub $1, due[1-SELF]
        test $0, due[1-SELF]
        jne .look
        mov $0, asleep[1-SELF]
        set woken[1-SELF]
    .endatomic
.look
    .atomic             # eval loop: was it asked to let go? drop_gil
        test $1, request
        jne .again
        mov $0, locked
        test $1, asleep[1-SELF]
        jne .forced
        mov $0, asleep[1-SELF]
    .endatomic
.tick SIGNAL
    set woken[1-SELF]
.tick 0
.forced
    await taken[SELF]   # until another one has it
.again
.endr
.tick 0
    .atomic
        mov $0, locked
        test $1, asleep[1-SELF]
        jne .end
        mov $0, asleep[1-SELF]
        set woken[1-SELF]
    .endatomic
.end
