# looping-flag: the lock of examples/flag-lock.s, taken %bx times by every thread
#
# With the simulator's fixed intervals the loss looks like a matter of bad luck: at some intervals nothing is lost. Over all
# schedules it is a matter of course.
#
#     racecheck examples/looping-flag.s -a bx=10 --observe count --scheduler tick --quantum 4 --pick round-robin
#     racecheck examples/looping-flag.s -a bx=2 --observe count
.var flag
.var count
.main
.acquire
    mov flag, %ax
    test $0, %ax
    jne .acquire        # somebody is inside: look again
    mov $1, flag        # too late: the other thread may have looked meanwhile
    .critical
    mov count, %ax
    add $1, %ax
    mov %ax, count
    .endcritical
    mov $0, flag
    sub $1, %bx
    test $0, %bx
    jgt .acquire
    halt
