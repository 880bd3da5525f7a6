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
    test $0, counter
    je .end
    join b
    mov counter, %ax
    print "total "
    print %ax
    print "\n"
.end
    nop
