# unmarked.s: nothing is marked
.var x
.main
    add $1, x
