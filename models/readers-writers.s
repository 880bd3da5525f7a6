# readers-writers: readers who read together, and a writer who is alone
#
# THREADS readers look at two variables that belong together; the writer changes one after the other (Courtois, Heymans and
# Parnas, Concurrent control with readers and writers, 1971). Behind the read-write lock nobody sees one changed and the other
# not. The marked section is shared by the readers alone.
.var torn               # how many readers have seen one without the other
.var first
.var second
.rwlock book
.main
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
.thread writer
    wrlock book
    .critical page
    add $1, first
    add $1, second
    .endcritical
    rwunlock book
