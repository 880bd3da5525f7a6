.thread A
.loop
 print "tick\n"
 j .loop
