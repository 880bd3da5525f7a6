.main
.critical a
.critical
nop
.endcritical
.endcritical
