.thread A
.top
    choose 0, 2, %ax
    print %ax
    test $2, %ax
    jne .top
.thread B
    print "x"
