.main
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
.rept 1
nop
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
.endr
