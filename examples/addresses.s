# addresses: every form of a computed address; the sum is 20
.var table 3, 5
.var sum
.main
    mov $104, %ax
    mov $2, %bx
    mov $1, (%ax)               # table[1]
    mov $2, 4(%ax)              # table[2]
    add -4(%ax), %cx            # table[0], 5
    add 100(,%bx,4), %cx        # table[2], 2
    add - 8 ( %ax , %bx , 2 ), %cx      # 104 - 8 + 4 is table[0], 5
    add 98(%bx), %cx            # table[0], 5
    add table(,%bx,4), %cx      # table[2], 2
    add table[1](%dx), %cx      # table[1], 1
    mov %cx, sum
