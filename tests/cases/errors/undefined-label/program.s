.var x
.main
    j nowhere
