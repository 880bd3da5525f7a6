# Two threads add 1 to a counter ten times each, in one line.
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
