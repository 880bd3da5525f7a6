.var x
.main
.rept 11
    print "a"
    print "b"
.endr
