.scheduler parallel, lag = 1, offset = 0 : 3*ITERS
.main
.tick 0
yield
io
