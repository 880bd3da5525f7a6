# gil-ticks: how often a thread wakes up in vain, waiting for the interpreter lock of Python 2, which counts bytecodes
#
# Up to Python 3.1 the interpreter's lock is a flag, a mutex that protects it, and a condition variable (Python/thread_pthread.h). The
# thread that runs gives it back and takes it again each CHECK bytecodes (Python/ceval.c: _Py_CheckInterval, 100 unless told otherwise). To
# give it back wakes the one who waits. But whoever wakes up has a way to go until it looks at the flag, WAKE steps here, and by then the
# other one has mostly taken the lock again: then it has woken up in vain, which `failed` counts.
#
# This is the battle for one hand-over: the runner goes round until the waiter has the lock. The expected number is that of the random
# scheduler: at each step either thread may be the faster one.
.default CHECK, 4
.default WAKE, 3

.var locked, 1          # the flag: somebody has the interpreter
.mutex m                # protects it
.barrier bed, 2         # where the waiter sleeps: who wakes it arrives there as the second one, and neither waits
.var sleeping           # it does
.event begun            # it has gone to sleep once: now the runner may run

.thread waiter
    lock m
.sleep
    .atomic             # pthread_cond_wait: gives the mutex back and sleeps, in one step
        mov $1, sleeping
        set begun
        unlock m
        arrive bed
    .endatomic
    .rept WAKE          # woken, it comes back from the system
        nop
    .endr
    .atomic             # has the mutex again: is the flag free?
        lock m
        test $1, locked
        jne .free
        .count failed   # no: in vain
        nop
        .endcount
        j .sleep
    .endatomic
.free
    mov $1, locked
    unlock m

.thread runner
    await begun
.run
    .rept CHECK         # bytecodes
        nop
    .endr
    lock m              # PyThread_release_lock
    mov $0, locked
    unlock m
    .atomic             # pthread_cond_signal: nothing where nobody sleeps
        test $1, sleeping
        jne .take
        mov $0, sleeping
        arrive bed
    .endatomic
.take
    lock m              # PyThread_acquire_lock
    .atomic
        test $1, locked
        je .lost        # the waiter was faster
        mov $1, locked
    .endatomic
    .atomic
        unlock m
        j .run
    .endatomic
.lost
    unlock m
