"""Waits: woken by every kind of writer, never lost, never early, and without the GIL."""

from __future__ import annotations

import operator
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import atomos

from .operations import Thing, state_of
from .together import asleep, rounds, together

LONG = 3600.0
ROUND_TRIPS = 10_000

OLD, NEW = Thing(), Thing()

REFERENCE_WRITERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "set": lambda cell, old, new: cell.set(new),
    "get_and_set": lambda cell, old, new: cell.get_and_set(new),
    "compare_and_set": lambda cell, old, new: cell.compare_and_set(old, new),
    "compare_and_exchange": lambda cell, old, new: cell.compare_and_exchange(old, new),
    "update_and_get": lambda cell, old, new: cell.update_and_get(lambda _: new),
    "get_and_update": lambda cell, old, new: cell.get_and_update(lambda _: new),
    "accumulate_and_get": lambda cell, old, new: cell.accumulate_and_get(new, lambda _, x: x),
    "get_and_accumulate": lambda cell, old, new: cell.get_and_accumulate(new, lambda _, x: x),
    "try_update": lambda cell, old, new: cell.try_update(lambda _: new),
    "_value": lambda cell, old, new: setattr(cell, "_value", new),
}
NUMBER_WRITERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    **REFERENCE_WRITERS,
    "add_and_get": lambda cell, old, new: cell.add_and_get(new - old),
    "get_and_add": lambda cell, old, new: cell.get_and_add(new - old),
    "subtract_and_get": lambda cell, old, new: cell.subtract_and_get(old - new),
    "get_and_subtract": lambda cell, old, new: cell.get_and_subtract(old - new),
    "increment_and_get": lambda cell, old, new: cell.increment_and_get(),
    "get_and_increment": lambda cell, old, new: cell.get_and_increment(),
    "decrement_and_get": lambda cell, old, new: cell.decrement_and_get(),
    "get_and_decrement": lambda cell, old, new: cell.get_and_decrement(),
    "max_and_get": lambda cell, old, new: cell.max_and_get(new),
    "get_and_max": lambda cell, old, new: cell.get_and_max(new),
    "min_and_get": lambda cell, old, new: cell.min_and_get(-new),
    "get_and_min": lambda cell, old, new: cell.get_and_min(-new),
    "set_if_greater": lambda cell, old, new: cell.set_if_greater(new),
    "set_if_less": lambda cell, old, new: cell.set_if_less(-new),
    "+=": lambda cell, old, new: operator.iadd(cell, new - old),
    "-=": lambda cell, old, new: operator.isub(cell, old - new),
    "*=": lambda cell, old, new: operator.imul(cell, type(old)(2)),
    "//=": lambda cell, old, new: operator.ifloordiv(cell, type(old)(2)),
    "%=": lambda cell, old, new: operator.imod(cell, type(old)(3)),
    "**=": lambda cell, old, new: operator.ipow(cell, type(old)(2)),
}
INTEGER_WRITERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    **NUMBER_WRITERS,
    "bitwise_or_and_get": lambda cell, old, new: cell.bitwise_or_and_get(3),
    "bitwise_and_and_get": lambda cell, old, new: cell.bitwise_and_and_get(1),
    "bitwise_xor_and_get": lambda cell, old, new: cell.bitwise_xor_and_get(3),
    "get_and_bitwise_xor": lambda cell, old, new: cell.get_and_bitwise_xor(3),
    "try_add": lambda cell, old, new: cell.try_add(new - old, old, new),
    "add_clamped": lambda cell, old, new: cell.add_clamped(new, old, new),
    "checked_add_and_get": lambda cell, old, new: cell.checked_add_and_get(new - old),
    "<<=": lambda cell, old, new: operator.ilshift(cell, 1),
    ">>=": lambda cell, old, new: operator.irshift(cell, 1),
    "&=": lambda cell, old, new: operator.iand(cell, 1),
    "|=": lambda cell, old, new: operator.ior(cell, 3),
    "^=": lambda cell, old, new: operator.ixor(cell, 3),
}
BOOLEAN_WRITERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    **REFERENCE_WRITERS,
    "get_and_toggle": lambda cell, old, new: cell.get_and_toggle(),
    "|=": lambda cell, old, new: operator.ior(cell, True),
    "^=": lambda cell, old, new: operator.ixor(cell, True),
}
ATOM_WRITERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "swap": lambda cell, old, new: cell.swap(lambda _: new),
    "swap_vals": lambda cell, old, new: cell.swap_vals(lambda _: new),
    "reset": lambda cell, old, new: cell.reset(new),
    "reset_vals": lambda cell, old, new: cell.reset_vals(new),
    "compare_and_set": lambda cell, old, new: cell.compare_and_set(old, new),
    "compare_and_exchange": lambda cell, old, new: cell.compare_and_exchange(old, new),
    "try_swap": lambda cell, old, new: cell.try_swap(lambda _: new),
    "set_if_less": lambda cell, old, new: cell.set_if_less(new),
}
CASES = [
    pytest.param(kind, old, new, write, id=f"{kind.__name__}.{name}{note}")
    for kind, old, new, writers, note in (
        (atomos.AtomicReference, OLD, NEW, REFERENCE_WRITERS, ""),
        (atomos.AtomicBoolean, False, True, BOOLEAN_WRITERS, ""),
        (atomos.AtomicNumber, 5014, 5015, NUMBER_WRITERS, ""),
        (atomos.AtomicInteger, 5014, 5015, INTEGER_WRITERS, ""),
        (atomos.AtomicLong, (1 << 80) + 14, (1 << 80) + 15, INTEGER_WRITERS, ""),
        (atomos.AtomicFloat, 5014.0, 5015.0, NUMBER_WRITERS, ""),
        (atomos.Atom, OLD, NEW, ATOM_WRITERS, ""),
    )
    for name, write in writers.items()
]


@pytest.mark.parametrize(("kind", "old", "new", "write"), CASES)
def test_a_writer_wakes_all_who_wait(kind: Any, old: Any, new: Any, write: Any) -> None:
    cell = kind(old)
    woken: list[Any] = []
    waits = [
        lambda: cell.wait(old),
        lambda: cell.wait_for(old, LONG),
        lambda: cell.wait_until(old, time.monotonic() + LONG),
    ]
    waiters = [
        threading.Thread(target=lambda wait=wait: woken.append(wait()), daemon=True)
        for wait in waits
    ]
    for waiter in waiters:
        waiter.start()
    for waiter in waiters:
        asleep(waiter, look=3)

    write(cell, old, new)

    for waiter in waiters:
        waiter.join()
    assert woken == [state_of(cell)] * 3
    assert state_of(cell) != old


@pytest.mark.parametrize("kind", [atomos.AtomicReference, atomos.AtomicInteger, atomos.Atom])
def test_a_wait_for_what_is_past_returns_at_once(kind: Any) -> None:
    cell = kind(5000)

    assert cell.wait(5001) == 5000
    assert cell.wait_for(5001, LONG) == 5000
    assert cell.wait_until(5001, time.monotonic() - 1) == 5000


def test_numbers_wait_by_value_and_references_by_identity() -> None:
    equal = [1]

    assert atomos.AtomicInteger(1 << 70).wait_for(1 << 70, 0) is None
    assert atomos.AtomicReference([1]).wait_for(equal, LONG) == [1]
    assert atomos.Atom([1]).wait_for(equal, LONG) == [1]


@pytest.mark.parametrize("kind", [atomos.AtomicReference, atomos.AtomicInteger, atomos.Atom])
@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.02, 0.1])
def test_a_wait_gives_up_not_before_its_time(kind: Any, seconds: float) -> None:
    cell = kind(5000)
    old = state_of(cell)

    begun = time.monotonic()
    first = cell.wait_for(old, seconds)
    between = time.monotonic()
    second = cell.wait_until(old, between + seconds)
    ended = time.monotonic()

    assert (first, second) == (None, None)
    assert between - begun >= seconds
    assert ended - between >= seconds


@pytest.mark.parametrize("seconds", [-1, -1e300, 0])
def test_a_time_that_is_over_gives_up_at_once(seconds: float) -> None:
    cell = atomos.AtomicInteger(5000)

    assert cell.wait_for(5000, seconds) is None
    assert cell.wait_until(5000, seconds) is None


@pytest.mark.parametrize("seconds", [1e300, float("inf")])
def test_a_time_beyond_all_clocks_is_waited_for(seconds: float) -> None:
    cell = atomos.AtomicInteger(5000)

    for wait in (cell.wait_for, cell.wait_until):
        cell.set(5000)

        woken = together(lambda wait=wait: wait(5000, seconds), lambda: cell.set(1))

        assert woken[0] == 1


def test_a_time_that_is_no_number_is_refused() -> None:
    cell = atomos.AtomicInteger(5000)

    for wait in (cell.wait_for, cell.wait_until):
        with pytest.raises(ValueError):
            wait(5000, float("nan"))
        with pytest.raises(TypeError):
            wait(5000, "soon")


def test_others_run_while_a_thread_waits() -> None:
    cell = atomos.AtomicReference(OLD)
    waiter = threading.Thread(target=cell.wait, args=(OLD,))
    waiter.start()
    asleep(waiter)

    assert sum(range(1000)) == 499_500
    assert waiter.is_alive()
    cell.set(NEW)

    waiter.join()


def test_a_bare_notification_wakes_nobody_for_good() -> None:
    cell = atomos.AtomicInteger(5000)
    waiter = threading.Thread(target=cell.wait, args=(5000,))
    waiter.start()
    asleep(waiter)

    for _ in range(100):
        cell.notify_one()
        cell.notify_all()
    asleep(waiter)
    assert waiter.is_alive()

    cell.set(5001)
    waiter.join()


PING_PONG: dict[str, tuple[Callable[[], Any], Callable[[Any, int], Any]]] = {
    "AtomicInteger.set": (lambda: atomos.AtomicInteger(0), lambda cell, n: cell.set(n)),
    "AtomicInteger.+=": (lambda: atomos.AtomicInteger(0), lambda cell, n: operator.iadd(cell, 1)),
    "AtomicReference.set": (lambda: atomos.AtomicReference(0), lambda cell, n: cell.set(n)),
    "Atom.swap": (lambda: atomos.Atom(0), lambda cell, n: cell.swap(lambda state: state + 1)),
    "Atom.reset": (lambda: atomos.Atom(0), lambda cell, n: cell.reset(n)),
}


@pytest.mark.parametrize("case", PING_PONG)
def test_no_wake_is_lost_in_a_game_of_ping_pong(case: str) -> None:
    make, write = PING_PONG[case]
    for _ in rounds(1):
        cell = make()

        def play(turn: int, cell: Any = cell) -> int:
            for n in range(turn, ROUND_TRIPS, 2):
                seen = state_of(cell)
                while seen != n:
                    seen = cell.wait(seen)
                write(cell, n + 1)
            return ROUND_TRIPS

        together(lambda: play(0), lambda: play(1))  # noqa: B023

        assert state_of(cell) == ROUND_TRIPS


def test_waiters_with_time_limits_and_writers_lose_no_last_value() -> None:
    for _ in rounds(30):
        cell = atomos.Atom(0)

        def follow(cell: Any = cell) -> int:
            seen = cell.deref()
            while seen < 50:
                now = cell.wait_for(seen, 0.0002)
                seen = seen if now is None else now
            return seen

        def lead(cell: Any = cell) -> int:
            for n in range(1, 51):
                cell.reset(n)
            return 50

        assert together(follow, follow, lead) == [50] * 3
