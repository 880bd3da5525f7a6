# The same with a lock: the sum is right in every version.
import threading

counter = 0
lock = threading.Lock()

def count():
    global counter
    for i in range(3):
        with lock:
            counter += 1

threads = [threading.Thread(target=count) for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(counter)
