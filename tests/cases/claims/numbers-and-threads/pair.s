.var x
.var t 2
.observe T1.%ax, 0x7d0, t[0x1]
.thread left
    mov $0x10, x
.thread right
    mov $0x11, %ax
    mov %ax, t[1]
    assert %ax == 0x11
