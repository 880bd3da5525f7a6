# `counter = counter + 1` in a for loop, as instructions of one tick
# Seven bytecodes a round, each of which counts; what is done before and behind the loop is left out. (The real CPython 2.7 does not count all
# of them: the model python-one-line is read as it does.)
.scheduler tick, quantum = 100, pick = any, phase = any
.var counter
.main
.rept ITERS
    nop                 # FOR_ITER
    nop                 # STORE_FAST i
    mov counter, %ax    # LOAD_GLOBAL counter
    nop                 # LOAD_CONST 1
    add $1, %ax         # BINARY_ADD
    mov %ax, counter    # STORE_GLOBAL counter
    nop                 # JUMP_ABSOLUTE
.endr
