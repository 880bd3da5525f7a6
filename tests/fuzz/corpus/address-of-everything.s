.var v
.var t 3, 5
lea t[2](%bx,%cx,4), %ax
push v
push 2000
push -4(%bp)
pop %bx
mov (%ax), %dx
mov %dx, 8(,%cx,255)
