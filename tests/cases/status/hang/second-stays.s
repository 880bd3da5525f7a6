# Whoever does not come first goes round for ever.
.var n
.var first
.main
    mov $1, %ax
    xchg %ax, first
    test $1, %ax
    je .stay
    mov $1, n
    halt
.stay
    nop
    j .stay
