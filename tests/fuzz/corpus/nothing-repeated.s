.main
.rept 9223372036854775807
.a
.endr
.rept 0
nop
.endr
