"""Threads for tests: begun at one moment, joined, and their exceptions told."""

import threading


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
