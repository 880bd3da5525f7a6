.main
mov $70, %cx
.top
mov %cx, 2000(%cx)
sub $1, %cx
test $0, %cx
jgt .top
