# python-one-line: two threads add 1 to a counter ten times each, by `counter = counter + 1` in Python
#
# The interpreter's own lock lets one thread at a time execute bytecode, and that line is four of them: LOAD_GLOBAL, LOAD_CONST,
# BINARY_ADD, STORE_GLOBAL. Whether an update can be lost depends on where a version looks if another thread wants the lock: up to
# 3.9 before almost each bytecode, from 3.10 on only where functions begin, where loops jump back, and behind calls. So this prints
# anything from 2 to 20, or 20 and nothing else, or, in a free-threaded build, anything again.
import threading

counter = 0


def run():
    global counter
    for i in range(10):
        counter = counter + 1


threads = [threading.Thread(target=run) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(counter)
