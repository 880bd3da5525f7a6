# unlocks what the other has locked
.var x
.mutex m
.main
    lock m
    unlock m
    unlock m
