# gil-interval-io: a thread that serves requests beside one that only computes, under the interpreter lock of Python 3.2 and later
#
# The lock is that of gil-interval. `io` gives it back by its own will to wait for a request; when the request is there it waits INTERVAL
# pieces of `cpu` for its turn, each time, though it needs the lock for one tick: the convoy. Without the other thread, with `--define BUSY=0`, nothing of
# that: racecheck sweep INTERVAL=1,2,3,5,8 BUSY=0,1 -m gil-interval-io
.default REQUESTS, 3
.default BUSY, 1        # 0: io is alone
.default CHECK, 4       # bytecodes in a piece, a tick each
.default INTERVAL, 3    # pieces until a sleeper's time is up
.default WAKE, 1        # ticks of the way back from the system
.default SIGNAL, 2      # ticks that it costs to wake somebody
.scheduler cores, cores = 2

.var locked             # somebody has the interpreter
.var holder, 2          # who had it last
.var request            # gil_drop_request: the holder is asked to let go
.var asleep 2           # a thread sleeps, and waits for the lock,
.var due 2              # ... for so many pieces more
.event woken, 2         # ... until this is set
.event taken, 2         # somebody else has taken the lock since this thread had it
.var served
.observe served

.thread cpu
.rept BUSY
.tick 0
.enter
    mov $INTERVAL, due[SELF]
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
.work
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
    j .enter
.again
    test $REQUESTS, served
    jlt .work
    mov $0, locked
.endr

.thread io
.rept REQUESTS
.tick 0
    io                  # waits for a request, without the lock
    mov $INTERVAL, due[SELF]
.take
    .atomic             # take_gil
        test $0, locked
        jne .busy
        mov $1, locked
        mov $0, request
        mov $SELF, holder
        clear taken[SELF]
        set taken[1-SELF]
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
.tick 1
    add $1, served
.tick 0
    .atomic             # drop_gil: by its own will it waits for nobody
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
