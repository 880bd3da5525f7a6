# Two tasks that print: a print is several writes, and another task can come between them.
import threading

def task(name):
    for i in range(2):
        print(name, i)

one = threading.Thread(target=task, args=("one",))
two = threading.Thread(target=task, args=("two",))
one.start()
two.start()
one.join()
two.join()
print("done")
