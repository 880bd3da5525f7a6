.var go
.thread A
.loop
 print "a"
 test $1, go
 jne .loop
.thread B
 mov $1, go
