# unreadable.s: a mistake
.main
    mvo %ax, %bx
