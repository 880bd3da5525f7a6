.var x
.thread A
    .rept 6
    choose 8, 11, %ax
    print %ax
    .endr
.thread B
    print "-"
