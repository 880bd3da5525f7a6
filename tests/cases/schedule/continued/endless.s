.var counter
.main
.again
    add $0, counter
    j .again
