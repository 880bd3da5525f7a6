# peterson: mutual exclusion of three threads with nothing but loads and stores
#
# Peterson's algorithm for more than two (Myths about the mutual exclusion problem, 1981), also called the filter lock: there is a level
# fewer than there are threads, and on each one thread is left behind, the last that came. A thread passes a level when all
# others are below it or another one has come after it. The catalogue's peterson has two threads.
.var counter
.var level 3
.var last 2
.thread first
.rept ITERS
    mov $1, level[SELF]
    mov $SELF, last[0]
.first
    mov level[1], %ax
    test $1, %ax
    jgte .last_on_first
    mov level[2], %ax
    test $1, %ax
    jlt .next
.last_on_first
    mov last[0], %ax
    test $SELF, %ax
    je .first
.next
    mov $2, level[SELF]
    mov $SELF, last[1]
.second
    mov level[1], %ax
    test $2, %ax
    jgte .last_on_second
    mov level[2], %ax
    test $2, %ax
    jlt .enter
.last_on_second
    mov last[1], %ax
    test $SELF, %ax
    je .second
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, level[SELF]
.endr
.thread second
.rept ITERS
    mov $1, level[SELF]
    mov $SELF, last[0]
.first
    mov level[2], %ax
    test $1, %ax
    jgte .last_on_first
    mov level[0], %ax
    test $1, %ax
    jlt .next
.last_on_first
    mov last[0], %ax
    test $SELF, %ax
    je .first
.next
    mov $2, level[SELF]
    mov $SELF, last[1]
.second
    mov level[2], %ax
    test $2, %ax
    jgte .last_on_second
    mov level[0], %ax
    test $2, %ax
    jlt .enter
.last_on_second
    mov last[1], %ax
    test $SELF, %ax
    je .second
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, level[SELF]
.endr
.thread third
.rept ITERS
    mov $1, level[SELF]
    mov $SELF, last[0]
.first
    mov level[0], %ax
    test $1, %ax
    jgte .last_on_first
    mov level[1], %ax
    test $1, %ax
    jlt .next
.last_on_first
    mov last[0], %ax
    test $SELF, %ax
    je .first
.next
    mov $2, level[SELF]
    mov $SELF, last[1]
.second
    mov level[0], %ax
    test $2, %ax
    jgte .last_on_second
    mov level[1], %ax
    test $2, %ax
    jlt .enter
.last_on_second
    mov last[1], %ax
    test $SELF, %ax
    je .second
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, level[SELF]
.endr
