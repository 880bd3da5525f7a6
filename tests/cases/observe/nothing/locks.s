.mutex a
.mutex b
.thread left
 lock a
 lock b
.thread right
 lock b
 lock a
