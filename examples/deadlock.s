# deadlock: two mutexes, taken in opposite order
#
# Of the six schedules four finish and two do not: when each thread holds one mutex and waits for the other. (A program has
# to have a variable that can be observed; nobody counts here.)
#
#     racecheck examples/deadlock.s
.var count
.mutex a
.mutex b

.thread left
    lock a
    lock b
    unlock b
    unlock a

.thread right
    lock b
    lock a
    unlock a
    unlock b
