# Goes on for ever only while the scheduler keeps the holder of the lock from stepping: an end can always be reached.
.var n
.var lock
.main
.acquire
    mov $1, %ax
    xchg %ax, lock
    test $1, %ax
    je .acquire
    add $1, n
    mov $0, lock
