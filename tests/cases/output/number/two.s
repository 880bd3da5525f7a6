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
    join a
    join b
    mov counter, %ax
    print counter
    print %ax
    print "\n"
