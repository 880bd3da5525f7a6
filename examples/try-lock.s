# try-lock: who does not get the mutex does something else instead
#
# trylock never waits: it leaves 1 in its register where the thread has the mutex now, else 0. trywait is the same of a semaphore.
#
#     racecheck examples/try-lock.s --threads 3
.var done
.var skipped
.mutex m
.semaphore permits, 1
.observe done, skipped

.main
    trylock m, %ax
    test $0, %ax
    je .busy
    add $1, done
    unlock m
.busy
    trywait permits, %ax
    test $0, %ax
    je .skip
    post permits
    halt
.skip
    add $1, skipped
