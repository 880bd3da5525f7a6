.main
nop
.file
