.var x
.observe x, output
.thread A
    .rept 7
    print "A"
    .endr
    mov $1, x
.thread B
    .rept 7
    print "B"
    .endr
    mov $2, x
