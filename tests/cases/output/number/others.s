# All is over when the number is printed.
.var counter
.thread a
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.thread b
    mov counter, %ax
    sub $20, %ax
    print "b"
    mov %ax, counter
.thread main
    join a
    join b
    mov counter, %ax
    print "total "
    print %ax
    print "\n"
