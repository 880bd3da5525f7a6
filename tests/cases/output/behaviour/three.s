.thread A
.rept 13
print "A"
.endr
.thread B
.rept 13
print "B"
.endr
.thread C
.rept 13
print "C"
.endr
