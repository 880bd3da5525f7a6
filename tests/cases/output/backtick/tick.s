.thread A
 print "a`b"
.thread B
 print "c"
