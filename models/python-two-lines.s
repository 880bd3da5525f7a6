# python-two-lines: `tmp = counter` and `counter = tmp + 1` in a for loop, as the bytecodes of CPython 2.7 and 3.8
#
#     def run():
#         global counter
#         for i in range(ITERS):
#             tmp = counter
#             counter = tmp + 1
#
# The model python-one-line with a detour through a local variable: tmp belongs to the call of run(), so every thread has
# its own, in %bx here. A round is nine bytecodes, and at the boundaries between the load of the global and its store,
# three of seven before, five of nine now, another thread's increments can be lost. Two lines are not more of a race than
# one, but it is seen more often. About ticks, and what is left out, see python-one-line.
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
