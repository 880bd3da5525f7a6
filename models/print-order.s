# print-order: three threads that print A, B and C behind semaphores
#
# Each waits for its own semaphore and posts the next one's, so that with one permit in all the letters come in order, twice:
# ABCABC and nothing else. With more permits at the start there are more orders: `--define B=1 --define C=1` allows 48.
.default A, 1
.default B, 0
.default C, 0
.semaphore a, A
.semaphore b, B
.semaphore c, C
.thread first
.rept 2
    wait a
    print "A"
    post b
.endr
.thread second
.rept 2
    wait b
    print "B"
    post c
.endr
.thread third
.rept 2
    wait c
    print "C"
    post a
.endr
