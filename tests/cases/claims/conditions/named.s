.var x
.var value, 2
.observe x
.thread a
    add $2, x
