# Three threads count to seven each. A call between the load and the store of the counter is where the interpreter looks at its lock.
import threading

counter = 0


def one():
    return 1


def count():
    global counter
    for i in range(7):
        counter = counter + one()


threads = [threading.Thread(target=count) for i in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(counter)
