# stuck.s: who comes when the other one has stored waits for ever
.var value
.main
    mov value, %bx
.wait
    mov value, %ax
    test $1, %ax
    je .wait
    add $1, %bx
    mov %bx, value
