"""Signals: handlers may use what they interrupt, and Ctrl-C ends a wait."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import atomos

from .operations import state_of
from .together import asleep, beside

LONG = 3600.0
"""Seconds that no test waits out."""

KINDS = {
    "AtomicReference": lambda: atomos.AtomicReference(object()),
    "AtomicBoolean": lambda: atomos.AtomicBoolean(True),
    "AtomicNumber": lambda: atomos.AtomicNumber(0.5),
    "AtomicInteger": lambda: atomos.AtomicInteger(5000),
    "AtomicLong": lambda: atomos.AtomicLong(1 << 80),
    "AtomicFloat": lambda: atomos.AtomicFloat(0.5),
    "Atom": lambda: atomos.Atom(object()),
}
WAITS: dict[str, Callable[[Any, Any], Any]] = {
    "wait": lambda cell, old: cell.wait(old),
    "wait_for": lambda cell, old: cell.wait_for(old, LONG),
    "wait_until": lambda cell, old: cell.wait_until(old, 1e9),
}


@pytest.fixture
def on_alarm() -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Sets what SIGALRM does, every millisecond."""
    before = signal.getsignal(signal.SIGALRM)

    def use(handler: Callable[[], Any]) -> None:
        def handle(*_: Any) -> None:
            try:
                handler()
            except BaseException:
                signal.setitimer(signal.ITIMER_REAL, 0)
                raise

        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)

    yield use
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def interrupted(wait: Callable[[], Any]) -> Any:
    """Waits while this process gets SIGINT until it does not wait any more.

    Only the first raises. They are repeated because a signal that comes just before a thread
    blocks does not wake it, as with the interpreter's own locks.
    """
    over = threading.Event()
    main = threading.main_thread()
    raised = []

    def once(*_: Any) -> None:
        if not raised:
            raised.append(True)
            raise KeyboardInterrupt

    def send() -> None:
        asleep(main)
        while not over.is_set():
            os.kill(os.getpid(), signal.SIGINT)
            over.wait(0.01)

    before = signal.signal(signal.SIGINT, once)
    sender = threading.Thread(target=send)
    try:
        sender.start()
        return wait()
    finally:
        over.set()
        sender.join()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAITS)
def test_an_interrupt_ends_a_wait_and_the_object_still_works(kind: str, way: str) -> None:
    cell = KINDS[kind]()
    state = state_of(cell)

    for _ in range(4):
        with pytest.raises(KeyboardInterrupt):
            interrupted(lambda: WAITS[way](cell, state))

    assert state_of(cell) == state
    assert cell.wait_for(state, 0) is None
    assert cell.compare_and_set(state, state)


@pytest.mark.parametrize("way", WAITS)
def test_a_handler_that_does_not_raise_lets_the_wait_go_on(way: str, on_alarm: Any) -> None:
    cell = atomos.AtomicInteger()
    alarms = atomos.AtomicInteger()

    def handler() -> None:
        if alarms.add_and_get(1) == 5:
            cell.set(7)

    on_alarm(handler)

    assert WAITS[way](cell, 0) == 7
    assert alarms.get() >= 5


def test_a_handler_that_raises_ends_the_wait_with_its_exception(on_alarm: Any) -> None:
    atom = atomos.Atom(None)

    def handler() -> None:
        raise LookupError("from the handler")

    with pytest.raises(LookupError, match="from the handler"):
        on_alarm(handler)
        atom.wait(None)


def test_a_timeout_is_not_made_longer_by_signals(on_alarm: Any) -> None:
    cell = atomos.AtomicInteger()
    on_alarm(lambda: None)

    assert cell.wait_for(0, 0.1) is None


def test_a_handler_may_use_the_counter_that_it_interrupts(on_alarm: Any) -> None:
    for start in (0, 2**63 - 2000, 1 << 80):
        counter = atomos.AtomicInteger(start)
        alarms = 0

        def handler(counter: Any = counter) -> None:
            nonlocal alarms
            alarms += 1
            counter.add_and_get(1)
            counter.update_and_get(lambda value: value + 1)

        on_alarm(handler)
        added = 0
        while alarms < 20:
            counter.add_and_get(1)
            counter.update_and_get(lambda value: value + 1)
            added += 2
        signal.setitimer(signal.ITIMER_REAL, 0)

        assert counter.get() == start + added + 2 * alarms


def test_a_handler_may_use_the_atom_and_the_watches_that_it_interrupts(on_alarm: Any) -> None:
    atom = atomos.Atom(0)
    heard: list[int] = []
    atom.add_watch("kept", lambda *change: heard.append(change[3] - change[2]))
    with atom.watching(print):
        pass
    alarms = 0

    def handler() -> None:
        nonlocal alarms
        alarms += 1
        with atom.watching(lambda *_: None):
            atom.swap(lambda state: state + 1)
        atom.set_validator(lambda _: True)
        atom.get_watches()

    on_alarm(handler)
    swaps = 0
    while alarms < 20:
        atom.add_watch(("key", swaps % 3), lambda *_: None)
        atom.swap(lambda state: state + 1)
        atom.set_validator(lambda _: True)
        atom.remove_watch(("key", swaps % 3))
        swaps += 1
    signal.setitimer(signal.ITIMER_REAL, 0)

    assert atom.deref() == swaps + alarms
    assert heard == [1] * (swaps + alarms)


def test_a_handler_may_replace_the_reference_that_it_interrupts(on_alarm: Any) -> None:
    reference = atomos.AtomicReference([0])
    alarms = 0

    def handler() -> None:
        nonlocal alarms
        alarms += 1
        reference.update_and_get(lambda value: [value[0] + 1])

    on_alarm(handler)
    added = 0
    while alarms < 20:
        reference.update_and_get(lambda value: [value[0] + 1])
        added += 1
    signal.setitimer(signal.ITIMER_REAL, 0)

    assert reference.get() == [added + alarms]


@pytest.mark.usefixtures("frequent_switches")
def test_handlers_and_threads_together_lose_nothing(on_alarm: Any) -> None:
    atom = atomos.Atom(0)
    done = atomos.AtomicInteger()
    alarms = 0

    def swap() -> None:
        atom.swap(lambda state: state + 1)
        done.add_and_get(1)

    def handler() -> None:
        nonlocal alarms
        alarms += 1
        swap()

    on_alarm(handler)
    stop = threading.Thread(target=lambda: beside(lambda: [swap() for _ in range(5000)], swap))
    stop.start()
    while alarms < 20:
        swap()
    stop.join()
    signal.setitimer(signal.ITIMER_REAL, 0)

    assert atom.deref() == done.get()


def test_a_wait_on_another_thread_is_not_ended_by_an_interrupt() -> None:
    cell = atomos.AtomicInteger()
    woken: list[Any] = []
    waiter = threading.Thread(target=lambda: woken.append(cell.wait(0)))
    waiter.start()
    asleep(waiter)

    with pytest.raises(KeyboardInterrupt):
        interrupted(lambda: cell.wait(0))
    assert woken == []
    cell.set(1)

    waiter.join()
    assert woken == [1]
