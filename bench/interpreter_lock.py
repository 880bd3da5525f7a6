#!/usr/bin/env python3
"""interpreter_lock.py [ROUNDS]: what an interpreter's lock costs, measured with the interpreter that executes this.

Prints how long two loops of ROUNDS rounds (default 5,000,000) take one after the other, in two threads, and in two processes, the best of five,
and how many requests a thread serves in half a second by itself and beside a thread that computes. docs/experiments.md says why. Runs on
Python 2.7 and later.
"""
from __future__ import print_function

import multiprocessing
import os
import sys
import threading
import time

REPEATS = 5
SERVE_SECONDS = 0.5


def count(rounds):
    while rounds > 0:
        rounds -= 1


def one_after_the_other(rounds):
    count(rounds)
    count(rounds)


def run_both(kind, rounds):
    workers = [kind(target=count, args=(rounds,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def seconds(function, arguments):
    start = time.time()
    function(*arguments)
    return time.time() - start


def best(rows):
    """The least time of each, in seconds; they take turns, since a machine is not always equally fast."""
    times = [[seconds(function, arguments) for function, arguments in rows] for _ in range(REPEATS)]
    return [min(column) for column in zip(*times)]


def serve():
    """How many requests are served in a while; each one waits for 20 microseconds, without the lock."""
    served, end = 0, time.time() + SERVE_SECONDS
    while time.time() < end:
        time.sleep(20e-6)
        served += 1
    return served


def serve_beside_computation():
    stop = []

    def compute():
        while not stop:
            pass

    thread = threading.Thread(target=compute)
    thread.start()
    served = serve()
    stop.append(True)
    thread.join()
    return served


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5000000
    print("Python", sys.version.split()[0], "on", multiprocessing.cpu_count(), "processors, load", "%.2f" % os.getloadavg()[0])
    names = ("one after the other", "two threads", "two processes")
    times = best(
        (
            (one_after_the_other, (rounds,)),
            (run_both, (threading.Thread, rounds)),
            (run_both, (multiprocessing.Process, rounds)),
        )
    )
    for name, time_taken in zip(names, times):
        print("%-20s %6.3f s  %5.2f times" % (name, time_taken, time_taken / times[0]))
    alone, beside = serve(), serve_beside_computation()
    print("%-20s %6d requests" % ("io alone", alone))
    print("%-20s %6d requests, %.0f times less" % ("io beside a thread", beside, float(alone) / beside))


if __name__ == "__main__":
    main()
