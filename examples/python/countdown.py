# Two threads that count down, each for itself: they share nothing, so it does not matter how they take turns.
from threading import Thread

def count(n):
    while n > 0:
        n -= 1

one = Thread(target=count, args=(100,))
two = Thread(target=count, args=(100,))
one.start()
two.start()
one.join()
two.join()
print("done")
