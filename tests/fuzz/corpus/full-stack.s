.main
.f
call .f
