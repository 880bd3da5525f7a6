# readers-writers: the catalogue's THREADS readers, who look ITERS times each, and one writer, who changes the two variables as often
.var torn
.var first
.var second
.rwlock book
.main
.rept ITERS
    rdlock book
    .critical page, shared
    mov first, %ax
    mov second, %bx
    .endcritical
    rwunlock book
    test %ax, %bx
    je .whole
    add $1, torn
.whole
.endr
.thread writer
.rept ITERS
    wrlock book
    .critical page
    add $1, first
    add $1, second
    .endcritical
    rwunlock book
.endr
