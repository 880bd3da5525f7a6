.thread A
.rept 10
print "A"
.endr
.thread B
.rept 10
print "B"
.endr
.thread C
.rept 10
print "C"
.endr
