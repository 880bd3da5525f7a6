# dekker: the first mutual exclusion of two threads with nothing but loads and stores
#
# Who wants to enter says so. If the other wants to enter, too, the one whose turn it is insists, and the other withdraws until
# the turn comes round (Dekker's solution, in Dijkstra, Over de sequentialiteit van procesbeschrijvingen, 1962).
.var counter
.var wants 2
.var turn
.thread first
    mov $1, wants[SELF]
.check
    mov wants[1-SELF], %bx
    test $1, %bx
    jne .enter          # the other does not want to
    mov turn, %bx
    test $SELF, %bx
    je .check           # it is my turn: insist
    mov $0, wants[SELF] # withdraw
.yield
    mov turn, %bx
    test $SELF, %bx
    jne .yield
    mov $1, wants[SELF]
    j .check
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $1-SELF, turn
    mov $0, wants[SELF]
.thread second
    mov $1, wants[SELF]
.check
    mov wants[1-SELF], %bx
    test $1, %bx
    jne .enter
    mov turn, %bx
    test $SELF, %bx
    je .check
    mov $0, wants[SELF]
.yield
    mov turn, %bx
    test $SELF, %bx
    jne .yield
    mov $1, wants[SELF]
    j .check
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $1-SELF, turn
    mov $0, wants[SELF]
