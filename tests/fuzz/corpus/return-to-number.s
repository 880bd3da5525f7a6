.main
push $1001
ret
