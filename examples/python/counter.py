# Two threads count to ten each. Since which version of Python is the sum always 20?
import threading

counter = 0

def count():
    global counter
    for i in range(10):
        counter += 1

threads = [threading.Thread(target=count) for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(counter)
