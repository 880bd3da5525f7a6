# lost-update: two deposits, 3 and 5, into one account of 10
#
# One load, one addition and one store each. The right answer is 18. Which wrong answers are there? Can it be 10?
#
#     racecheck examples/lost-update.s
.var account, 10

.thread three
    mov account, %ax
    add $3, %ax
    mov %ax, account

.thread five
    mov account, %ax
    add $5, %ax
    mov %ax, account
