# two schedules deadlock; of the other four two end with 3 and two with 7
.var x
.mutex a
.mutex b
.thread left
    lock a
    lock b
    mov $3, x
    unlock b
    unlock a
.thread right
    lock b
    lock a
    mov $7, x
    unlock a
    unlock b
