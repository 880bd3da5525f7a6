# ordered: the cure for examples/deadlock.s, both threads take the mutexes in the same order
#
# Whoever holds a mutex waits only for later ones, so nobody can wait in a circle.
#
#     racecheck examples/ordered.s --assert no-deadlock
.var count
.mutex a
.mutex b

.thread left
    lock a
    lock b
    unlock b
    unlock a

.thread right
    lock a
    lock b
    unlock b
    unlock a
