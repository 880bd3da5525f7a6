# function: a call with two parameters on the stack
.var n
.main
    push $30            # the second parameter
    push $12            # the first one
    call .add
    add $8, %sp         # both are done with
    halt
.add
    mov 4(%sp), %ax
    add 8(%sp), %ax
    add %ax, n
    ret
