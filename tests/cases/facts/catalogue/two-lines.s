# `tmp = counter` and `counter = tmp + 1` in a for loop, as instructions of one tick
# As one-line.s, with a local variable: nine a round.
.scheduler tick, quantum = 100, pick = any, phase = any
.var counter
.main
.rept ITERS
    nop                 # FOR_ITER
    nop                 # STORE_FAST i
    mov counter, %ax    # LOAD_GLOBAL counter
    mov %ax, %bx        # STORE_FAST tmp
    mov %bx, %ax        # LOAD_FAST tmp
    nop                 # LOAD_CONST 1
    add $1, %ax         # BINARY_ADD
    mov %ax, counter    # STORE_GLOBAL counter
    nop                 # JUMP_ABSOLUTE
.endr
