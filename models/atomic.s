# atomic: the increment race repaired with one atomic instruction
#
# fetchadd adds a register to a word of memory and leaves the old value in the register, all in one step, as `lock xadd`
# does on x86 (and atomic_fetch_add in C11). Nothing can come between load and store, so the result is always
# THREADS * ITERS, without a lock.
.var counter
.main
.rept ITERS
    mov $1, %ax
    fetchadd %ax, counter
.endr
