.var x
.main
.rept ITERS
    add $100, x
.endr
