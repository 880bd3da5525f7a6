# Two stages joined by queues; they are daemons, which end with the program.
import queue
import threading

numbers = queue.Queue()
doubled = queue.Queue()
results = queue.Queue()

def double():
    while True:
        x = numbers.get()
        doubled.put(x * 2)
        numbers.task_done()

def increment():
    while True:
        x = doubled.get()
        results.put(x + 1)
        doubled.task_done()

threading.Thread(target=double, daemon=True).start()
threading.Thread(target=increment, daemon=True).start()
for i in range(3):
    numbers.put(i)
numbers.join()
doubled.join()
while not results.empty():
    print(results.get())
