# dining: the catalogue's philosophers, who eat ITERS times each and can starve at a full table
.var meals
.mutex fork, THREADS
.main
    mov $SELF, %bx
    mov $SELF, %cx
    add $1, %cx
    mod $THREADS, %cx
.rept ITERS
    lock fork(%bx)
    lock fork(%cx)
    add $1, meals
    unlock fork(%cx)
    unlock fork(%bx)
.endr
