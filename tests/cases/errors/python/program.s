.main
 nop
