.var x
.mutex m, 2
.semaphore s, 1
.condition c
.barrier b, 2
.event e
.rwlock r
.thread A
 mov $1, %bx
 spawn C
 lock m(%bx)
 cwait c, m[1]
 unlock m(%bx)
 arrive b
 rdlock r
 rwunlock r
 set e
 trylock m[0], %ax
 trywait s, %cx
 trywait s, %cx
 join C
 assert x >= 0
 print x
 print "\n"
.thread B
 lock m[1]
 signal c
 broadcast c
 unlock m[1]
 await e
 clear e
.thread C, later
 wrlock r
 rwunlock r
 choose 1, 2, %ax
 arrive b
