# gil-interval-three: threads that only compute, with --threads 3, under the interpreter lock of Python 3.2 and later: the time-out that begins anew
#
# The lock is that of gil-interval. Whose time is up asks the holder to let go only if there was no switch meanwhile; else the time begins anew, which
# `restarted` counts. With three threads it is one of the other two that got the lock, and who waits may wait for several intervals.
.default WORK, 3        # pieces of work of each thread
.default CHECK, 4       # bytecodes in a piece, a tick each
.default INTERVAL, 2    # pieces until a sleeper's time is up
.default WAKE, 1        # ticks of the way back from the system
.default SIGNAL, 1      # ticks that it costs to wake somebody
.scheduler cores, cores = 2

.var locked             # somebody has the interpreter
.var holder, 3          # who had it last
.var request            # gil_drop_request: the holder is asked to let go
.var asleep 3           # a thread sleeps, and waits for the lock,
.var due 3              # ... for so many pieces more
.var switches           # how many there were, modulo 4
.var saw 3              # ... when a thread began to wait
.event woken, 3         # ... until this is set
.event taken, 3         # somebody else has taken the lock since this thread had it

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
        mov switches, %ax
        mov %ax, saw[SELF]
    .endatomic
.take
    .atomic             # take_gil
        test $0, locked
        jne .busy
        mov $1, locked
        mov $0, request # of the one before
        test $SELF, holder
        je .run
        mov $SELF, holder # a switch
        add $1, switches
        and $3, switches
        set taken[0]
        set taken[1]
        set taken[2]
        clear taken[SELF]
        j .run
.busy
        test $0, due[SELF]
        jne .sleep
        mov switches, %ax
        test %ax, saw[SELF]
        jne .anew
        mov $1, request # the time is up
        j .told
.anew
        .count restarted
        nop
        .endcount
.told
        mov $INTERVAL, due[SELF]
        mov %ax, saw[SELF]
.sleep
        mov $1, asleep[SELF]
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
    .atomic             # a piece has passed: whose time is up?
        test $1, asleep[0]
        jne .clock0
        sub $1, due[0]
        test $0, due[0]
        jne .clock0
        mov $0, asleep[0]
        set woken[0]
.clock0
        test $1, asleep[1]
        jne .clock1
        sub $1, due[1]
        test $0, due[1]
        jne .clock1
        mov $0, asleep[1]
        set woken[1]
.clock1
        test $1, asleep[2]
        jne .clock2
        sub $1, due[2]
        test $0, due[2]
        jne .clock2
        mov $0, asleep[2]
        set woken[2]
.clock2
        nop
    .endatomic
    .atomic             # eval loop: was it asked to let go? drop_gil
        test $1, request
        jne .again
        mov $0, locked
        mov asleep[0], %ax
        add asleep[1], %ax
        add asleep[2], %ax
        test $0, %ax
        je .forced
    .endatomic
    .atomic             # wakes one of those that sleep, any one
.tick SIGNAL
        choose 0, 1, %bx
.tick 0
        test $0, %bx
        jne .down
        test $1, asleep[0]
        je .first
        test $1, asleep[1]
        je .second
        j .third
.down
        test $1, asleep[2]
        je .third
        test $1, asleep[1]
        je .second
.first
        mov $0, asleep[0]
        set woken[0]
        j .forced
.second
        mov $0, asleep[1]
        set woken[1]
        j .forced
.third
        mov $0, asleep[2]
        set woken[2]
    .endatomic
.forced
    await taken[SELF]   # until another one has it
.again
.endr
.tick 0
    .atomic
        mov $0, locked
        test $1, asleep[0]
        jne .last0
        mov $0, asleep[0]
        set woken[0]
.last0
        test $1, asleep[1]
        jne .last1
        mov $0, asleep[1]
        set woken[1]
.last1
        test $1, asleep[2]
        jne .last2
        mov $0, asleep[2]
        set woken[2]
.last2
        nop
    .endatomic
