.var x, 9223372036854775807
.thread adds
    add $1, x
