.main
push $5
pop %sp
push %sp
