# flag-lock: a lock made of a flag, and why it is none
#
# Each thread waits until the flag is 0, sets it to 1, and believes itself alone. But looking and setting are two steps:
# both threads can look before either sets. Then both are inside, and one of the two increments can be lost.
#
# A thread that waits here does not stand still, it goes round in circles. So some schedules never end, and there is no
# number of schedules; the final values of those that end are exact all the same.
#
#     racecheck examples/flag-lock.s
.var count
.var flag
.main
.wait
    mov flag, %bx
    test $0, %bx
    jne .wait           # somebody is inside: look again
    mov $1, flag        # too late: the other thread may have looked meanwhile
    .critical
    mov count, %ax
    add $1, %ax
    mov %ax, count
    .endcritical
    mov $0, flag
