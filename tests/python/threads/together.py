"""Threads for tests: begun at one moment, joined, and their exceptions told."""

import threading
import time

from atomos import AtomicInteger


def together(*functions):
    """Calls each function on a thread of its own, all at once; returns what they returned."""
    start = threading.Barrier(len(functions))
    results = [None] * len(functions)
    errors = []

    def run(index, function):
        try:
            start.wait()
            results[index] = function()
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(functions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def on_another_thread(function):
    """Calls the function on another thread, waits for it, and returns what it returned."""
    return together(function)[0]


def meeting(rounds, begin, job, end, threads=2):
    """Calls job() on all threads at the same moment, over and over, between begin() and end().

    They wait for each other in a loop: who is woken by another comes too late.
    """
    arrived = AtomicInteger()

    def meet(times):
        arrived.increment_and_get()
        while arrived.get() < times * threads:
            time.sleep(0)

    def run(first):
        for i in range(rounds):
            if first:
                begin()
            meet(3 * i + 1)
            job()
            meet(3 * i + 2)
            if first:
                end()
            meet(3 * i + 3)

    together(*(lambda first=first: run(first) for first in [True] + [False] * (threads - 1)))
