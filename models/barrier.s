# barrier: nobody begins the second half before everybody has finished the first
#
# Each thread does its part, arrives at the barrier, and waits there until all THREADS have arrived. Whoever finds behind it that a part
# is missing counts as early: nobody does. Without the barrier (`--define BARRIER=0`) somebody can be.
.default BARRIER, 1
.var early
.var done
.barrier all, THREADS
.main
    add $1, done        # my part
.rept BARRIER
    arrive all
.endr
    mov done, %ax
    test $THREADS, %ax
    je .all
    add $1, early
.all
