.var x
.main
.rept 3
    nop
