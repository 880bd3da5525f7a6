# bakery: mutual exclusion by numbers that are drawn without an atomic step
#
# Who wants to enter takes a number greater than the other's, and the lesser number goes first; if both are equal, the thread with the lesser
# index (Lamport, A new solution of Dijkstra's concurrent programming problem, 1974). While a number is being chosen the other waits,
# for it may still become less.
.var counter
.var choosing 2
.var number 2
.thread first
    mov $1, choosing[SELF]
    mov number[1-SELF], %ax
    add $1, %ax
    mov %ax, number[SELF]
    mov $0, choosing[SELF]
.choosing
    mov choosing[1-SELF], %bx
    test $1, %bx
    je .choosing
.wait
    mov number[1-SELF], %bx
    test $0, %bx
    je .enter           # the other does not want to
    mov number[SELF], %cx
    test %bx, %cx
    jgt .wait           # the other's is less
.rept SELF
    je .wait            # they are equal, and thread 0 goes first
.endr
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, number[SELF]
.thread second
    mov $1, choosing[SELF]
    mov number[1-SELF], %ax
    add $1, %ax
    mov %ax, number[SELF]
    mov $0, choosing[SELF]
.choosing
    mov choosing[1-SELF], %bx
    test $1, %bx
    je .choosing
.wait
    mov number[1-SELF], %bx
    test $0, %bx
    je .enter
    mov number[SELF], %cx
    test %bx, %cx
    jgt .wait
.rept SELF
    je .wait
.endr
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, number[SELF]
