# recursive: a function that locks a mutex and is called by one that has it
#
# A recursive mutex may be taken again by whoever has it, and is free when it has been given back as often. Without the word
# `recursive` each thread waits for itself.
#
#     racecheck examples/recursive.s --assert no-deadlock --assert 'balance == 20'
.var balance
.mutex account, recursive

.main
    lock account
    call deposit
    call deposit
    unlock account
    halt

deposit:
    lock account
    mov balance, %ax
    add $5, %ax
    mov %ax, balance
    unlock account
    ret
