.main
.rept ITERS
    print "a"
.endr
.thread b
.rept ITERS
    print "b"
.endr
