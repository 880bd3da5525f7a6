# python-two-lines: two threads add 1 to a counter ten times each, by `tmp = counter` and `counter = tmp + 1` in Python
#
# The model python-one-line with a detour through a local variable, of which each thread has its own. Two lines are no more of a race
# than one: STORE_FAST and LOAD_FAST touch what no other thread sees, no version looks at its lock behind them, and where 2.7 counts
# bytecodes it does not count these two.
import threading

counter = 0


def run():
    global counter
    for i in range(10):
        tmp = counter
        counter = tmp + 1


threads = [threading.Thread(target=run) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(counter)
