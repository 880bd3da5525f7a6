.file a.s
.var n
add $1, n
.file b.s
.var n
.main
add $THREADS, n
.file a.s
.thread t
nop
