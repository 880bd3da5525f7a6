# All is over when the number is printed.
.var counter
.thread a
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.thread b
    mov counter, %ax
    sub $20, %ax
    mov %ax, counter
.thread main
    mov $2, %bx
.again
    join b
    mov counter, %ax
    print "total "
    print %ax
    print "\n"
    sub $1, %bx
    test $0, %bx
    jlt .again
