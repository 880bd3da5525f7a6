# bakery: mutual exclusion of three threads by numbers that are drawn without an atomic step
#
# Lamport's algorithm (A new solution of Dijkstra's concurrent programming problem, 1974): a thread takes a number greater than all
# others and waits for each thread that has a lesser one, or the same and a lesser index. The catalogue's bakery has two threads.
.var counter
.var choosing 3
.var number 3
.thread first
.rept ITERS
    mov $1, choosing[SELF]
    mov number[1], %ax
    mov number[2], %bx
    test %bx, %ax
    jgte .greatest
    mov %bx, %ax
.greatest
    add $1, %ax
    mov %ax, number[SELF]
    mov $0, choosing[SELF]
.choosing_1
    mov choosing[1], %bx
    test $1, %bx
    je .choosing_1
.wait_1
    mov number[1], %bx
    test $0, %bx
    je .choosing_2
    test %ax, %bx
    jlt .wait_1
.choosing_2
    mov choosing[2], %bx
    test $1, %bx
    je .choosing_2
.wait_2
    mov number[2], %bx
    test $0, %bx
    je .enter
    test %ax, %bx
    jlt .wait_2
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, number[SELF]
.endr
.thread second
.rept ITERS
    mov $1, choosing[SELF]
    mov number[2], %ax
    mov number[0], %bx
    test %bx, %ax
    jgte .greatest
    mov %bx, %ax
.greatest
    add $1, %ax
    mov %ax, number[SELF]
    mov $0, choosing[SELF]
.choosing_1
    mov choosing[2], %bx
    test $1, %bx
    je .choosing_1
.wait_1
    mov number[2], %bx
    test $0, %bx
    je .choosing_2
    test %ax, %bx
    jlt .wait_1
.choosing_2
    mov choosing[0], %bx
    test $1, %bx
    je .choosing_2
.wait_2
    mov number[0], %bx
    test $0, %bx
    je .enter
    test %ax, %bx
    jlt .wait_2
    je .wait_2
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, number[SELF]
.endr
.thread third
.rept ITERS
    mov $1, choosing[SELF]
    mov number[0], %ax
    mov number[1], %bx
    test %bx, %ax
    jgte .greatest
    mov %bx, %ax
.greatest
    add $1, %ax
    mov %ax, number[SELF]
    mov $0, choosing[SELF]
.choosing_1
    mov choosing[0], %bx
    test $1, %bx
    je .choosing_1
.wait_1
    mov number[0], %bx
    test $0, %bx
    je .choosing_2
    test %ax, %bx
    jlt .wait_1
    je .wait_1              # the same number, and the other one has the lesser index
.choosing_2
    mov choosing[1], %bx
    test $1, %bx
    je .choosing_2
.wait_2
    mov number[1], %bx
    test $0, %bx
    je .enter
    test %ax, %bx
    jlt .wait_2
    je .wait_2
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, number[SELF]
.endr
