# python-one-line: `counter = counter + 1` in a for loop, as the bytecodes of CPython 2.7 and 3.8
#
#     def run():
#         global counter
#         for i in range(ITERS):
#             counter = counter + 1
#
# One round of the loop is seven bytecodes, the same in both versions; at module level LOAD_NAME and STORE_NAME stand for
# LOAD_GLOBAL and STORE_GLOBAL. What an interpreter does on its stack, no other thread can see: these are nops. What is
# done before and behind the loop is left out, and the test for the end of it costs nothing here but its FOR_ITER.
#
# CPython 2.7 gives the interpreter lock away every 100 ticks, at whatever place the counter comes to zero, and any thread
# may get it, the same one too: `quantum = 100, pick = any, phase = any`. Every bytecode counts as one tick here. The real
# counter is not looked at behind those that go straight on to the next one (LOAD_CONST, and STORE_FAST behind FOR_ITER);
# with `.tick 0` in front of such an instruction, and `.tick 1` behind it, that can be said too. CPython 3.8 switches by
# time instead (5 ms): there a quantum is a number of bytecodes that nobody knows, and `--scheduler free` takes in all of
# them.
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
