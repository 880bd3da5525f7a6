# event: a reader that waits until something has been prepared, or looks at it too early
#
# An event is a flag to wait for, and waiting does not clear it. With WAITS = 0 the reader does not wait.
#
#     racecheck examples/event.s --assert 'seen == 42'
.default WAITS, 1
.var data
.var seen
.event ready
.observe seen

.thread writer
    mov $42, data
    set ready

.thread reader
    test $0, $WAITS
    je .read
    await ready
.read
    mov data, %ax
    mov %ax, seen
