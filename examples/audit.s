# audit: is the money all there?
#
# The transfers of examples/bank.s, now as a bank should do them, under a mutex; and an auditor who adds up both accounts.
# Nothing is lost, there are 150 at the end. But an auditor who does not ask for the mutex can look at one account before
# a transfer and at the other after it, and see anything from 120 to 180: who only reads needs the mutex, too.
#
# `total = a + b` is no "value plus a constant", so racecheck keeps the values of b in its states; --explain says so.
#
#     racecheck examples/audit.s --observe total --define CAREFUL=0
#     racecheck examples/audit.s --observe total --define CAREFUL=1
.default CAREFUL, 0
.var a, 100
.var b, 50
.var total
.mutex books

.thread first
    lock books
    sub $30, a
    add $30, b
    unlock books

.thread second
    lock books
    sub $20, b
    add $20, a
    unlock books

.thread auditor
    .rept CAREFUL
    lock books
    .endr
    mov a, %ax
    add b, %ax
    mov %ax, total
    .rept CAREFUL
    unlock books
    .endr
