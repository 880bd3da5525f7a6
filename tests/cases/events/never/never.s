# never: one goes on for ever, the other one does not
.var stop
.thread waits
    .count looks
.top
    test $1, stop
    jne .top
    .endcount
.thread ends
    mov $0, stop
