# Tasks of a pool. Each adds to the total; between the read and the write there is a call, where another task can come in.
from concurrent.futures import ThreadPoolExecutor

total = 0

def add(n):
    global total
    total = total + int(n)
    return n * n

with ThreadPoolExecutor(max_workers=2) as pool:
    squares = list(pool.map(add, [1, 2, 3]))
print(squares, total)
