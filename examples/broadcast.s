# broadcast: a gate that opens for all who wait, and one that opens for one of them
#
# Whoever comes sleeps until the gate is open. `broadcast` wakes all that sleep; with ALL = 0 `signal` wakes one, and the others may
# sleep for ever.
#
#     racecheck examples/broadcast.s --assert no-deadlock
.default ALL, 1
.var open
.var passed
.mutex m
.condition opened
.observe passed

.main
    lock m
.look
    test $1, open
    je .pass
    cwait opened, m
    j .look
.pass
    add $1, passed
    unlock m

.thread keeper
    lock m
    mov $1, open
    test $0, $ALL
    je .one
    broadcast opened
    j .done
.one
    signal opened
.done
    unlock m
