.semaphore s1, 1
.semaphore s2, 1
.semaphore s3, 1
.thread A
.rept 2
wait s1
print "A"
post s2
.endr
.thread B
.rept 2
wait s2
print "B"
post s3
.endr
.thread C
.rept 2
wait s3
print "C"
post s1
.endr
