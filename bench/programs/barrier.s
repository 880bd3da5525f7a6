# barrier: the catalogue's two halves around a barrier, ITERS rounds of them
#
# A second barrier closes the round: without it somebody could do a part of the next one while others still look.
.var early
.var done
.barrier all, THREADS
.barrier looked, THREADS
.main
.rept ITERS
    add $1, done            # my part
    arrive all
    add $THREADS, %bx       # what all have done by now
    mov done, %ax
    test %bx, %ax
    je .all
    add $1, early
.all
    arrive looked
.endr
