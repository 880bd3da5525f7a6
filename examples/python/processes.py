# The pipeline with processes in place of threads: each has its own memory, and only the queues are shared.
import multiprocessing

def double(numbers, doubled):
    while True:
        x = numbers.get()
        if x is None:
            break
        doubled.put(x * 2)
    doubled.put(None)

def increment(doubled, results):
    while True:
        x = doubled.get()
        if x is None:
            break
        results.put(x + 1)
    results.put(None)

if __name__ == "__main__":
    numbers = multiprocessing.Queue()
    doubled = multiprocessing.Queue()
    results = multiprocessing.Queue()
    stages = [multiprocessing.Process(target=double, args=(numbers, doubled)),
              multiprocessing.Process(target=increment, args=(doubled, results))]
    for stage in stages:
        stage.start()
    for i in range(3):
        numbers.put(i)
    numbers.put(None)
    while True:
        x = results.get()
        if x is None:
            break
        print(x)
    for stage in stages:
        stage.join()
