# peterson: mutual exclusion of two threads with nothing but loads and stores
#
# A thread says that it wants to enter, lets the other one go first, and waits while the other wants to enter and it is the
# other's turn (Peterson, Myths about the mutual exclusion problem, 1981). SELF is 0 in one thread and 1 in the other.
.var counter
.var wants 2
.var turn
.thread first
    mov $1, wants[SELF]
    mov $1-SELF, turn
.wait
    mov wants[1-SELF], %bx
    test $1, %bx
    jne .enter          # the other does not want to
    mov turn, %bx
    test $SELF, %bx
    jne .wait           # it is the other's turn
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, wants[SELF]
.thread second
    mov $1, wants[SELF]
    mov $1-SELF, turn
.wait
    mov wants[1-SELF], %bx
    test $1, %bx
    jne .enter
    mov turn, %bx
    test $SELF, %bx
    jne .wait
.enter
.critical
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
.endcritical
    mov $0, wants[SELF]
