.var value
.main
.again
    add $0, value
    j .again
