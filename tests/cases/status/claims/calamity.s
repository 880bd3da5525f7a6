# After one step each both are inside. Whoever takes k keeps it from the other; B's store makes A unlock what it does not hold.
.var x
.mutex k
.mutex m
.thread A
    nop
.critical
    nop
.endcritical
    test $0, x
    je .fine
    unlock m
.fine
    lock k
.thread B
    nop
.critical
    nop
.endcritical
    mov $1, x
    lock k
    unlock k
