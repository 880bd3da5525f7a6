# stuck.s: who comes when the other one has stored waits for ever
.var counter
.main
    mov counter, %bx
.wait
    mov counter, %ax
    test $1, %ax
    je .wait
    add $1, %bx
    mov %bx, counter
