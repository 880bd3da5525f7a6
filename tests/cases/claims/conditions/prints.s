.thread a
    print "a"
.thread b
    print "b"
