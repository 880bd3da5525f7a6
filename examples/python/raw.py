# The main thread counts, too, and waits by sleeping, which guarantees nothing.
import time

try:
    import _thread as thread
except ImportError:
    import thread  # Python 2.7

value = 0

def worker():
    global value
    for i in range(10):
        tmp = value
        value = tmp + 1

thread.start_new_thread(worker, ())
worker()
time.sleep(1)
print(value)
