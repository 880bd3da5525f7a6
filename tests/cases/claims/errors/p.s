.var x
.var counter
.var t 4
.main
    add $1, x
