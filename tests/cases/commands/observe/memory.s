# memory.s: a variable, a table, and words that only their addresses name
.var first
.var table 3
.main
    mov $1, first
    mov $2, table
    mov $3, 112
    mov $4, 2000
