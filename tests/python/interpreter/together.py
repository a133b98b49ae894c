"""Threads that begin at the same time, and how long they go on."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

SOAK = float(os.environ.get("ATOMOS_SOAK") or 0)
FREE_THREADED = not getattr(sys, "_is_gil_enabled", lambda: True)()


def rounds(least: int, seconds: float = 0.0) -> Iterator[int]:
    """Counts up: `least` rounds, and more until `seconds`, or ATOMOS_SOAK if set, are over."""
    end = time.monotonic() + (SOAK or seconds)
    done = 0
    while done < least or time.monotonic() < end:
        yield done
        done += 1


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Runs each job on a thread of its own and gives their results; the first error is raised."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)
    errors: list[BaseException] = []

    def run(place: int) -> None:
        try:
            gate.wait()
            results[place] = jobs[place]()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def beside(main: Callable[[], Any], *others: Callable[[], Any]) -> Any:
    """Runs `others` over and over, on threads of their own, while `main` runs on one once."""
    over = threading.Event()

    def first() -> Any:
        try:
            return main()
        finally:
            over.set()

    def again(other: Callable[[], Any]) -> Callable[[], None]:
        def loop() -> None:
            while not over.is_set():
                other()

        return loop

    return together(first, *(again(other) for other in others))[0]


def asleep(thread: threading.Thread, look: int = 20) -> None:
    """Returns when a thread has been seen sleeping several times running: it waits by now.

    A thread that waits for the GIL sleeps as well, so this makes a state likely, not certain.
    """
    seen = 0
    while seen < look and thread.is_alive():
        seen = seen + 1 if _state(thread.native_id) == "S" else 0
        time.sleep(0.0005)


def _state(tid: int | None) -> str:
    try:
        with open(f"/proc/self/task/{tid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "gone"
