# looping-counter: the race as the simulator of the course book has it
#
# Every thread counts %bx rounds, which it is given on the command line, and adds 1 to the word at address 2000 in each. That
# word needs no declaration: memory that nobody wrote holds 0. Code without .main is .main. The last instruction, halt, is a
# step too.
#
#     racecheck examples/looping-counter.s -a bx=3
#     racecheck examples/looping-counter.s -a bx=3 --scheduler tick --quantum 2 --pick round-robin
.top
    mov 2000, %ax       # load
    add $1, %ax         # add
    mov %ax, 2000       # store
    sub $1, %bx
    test $0, %bx
    jgt .top            # again while %bx > 0
    halt
