# semaphore: a classic exam question about PERMITS
#
# Four threads add +1, +1, -2 and -2 to x, each between `wait s` and `post s`. What can x be at the end if s starts with 1?
# And with 2?
#
#     racecheck examples/semaphore.s --define PERMITS=1
#     racecheck examples/semaphore.s --define PERMITS=2
.var x
.default PERMITS, 1
.semaphore s, PERMITS

.thread A
    wait s
    mov x, %ax
    add $1, %ax
    mov %ax, x
    post s

.thread B
    wait s
    mov x, %ax
    add $1, %ax
    mov %ax, x
    post s

.thread C
    wait s
    mov x, %ax
    sub $2, %ax
    mov %ax, x
    post s

.thread D
    wait s
    mov x, %ax
    sub $2, %ax
    mov %ax, x
    post s
