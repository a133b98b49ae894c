"""References under threads whose values die at once: what is read is whole and was written."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

import atomos

from .together import beside, rounds, together

pytestmark = pytest.mark.usefixtures("frequent_switches")

WRITES = 4000
BYTES = 100_000


class Whole:
    """A value that knows whether it is whole, and spoils itself when it dies."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.twin = [number] * 8

    def __del__(self) -> None:
        self.number = -1
        self.twin.clear()

    def check(self) -> int:
        assert self.twin == [self.number] * 8
        return self.number


def checked_bytes(value: bytes) -> int:
    assert len(value) == BYTES
    assert value[0] == value[-1] == value[BYTES // 2]
    return value[0]


def checked_dict(value: dict[str, Any]) -> int:
    assert value == {"a": value["a"], "b": [value["a"]]}
    return value["a"]


KINDS: dict[str, tuple[Callable[[int], Any], Callable[[Any], int], int]] = {
    "objects": (Whole, Whole.check, WRITES),
    "bytes": (lambda i: bytes([i % 256]) * BYTES, checked_bytes, 400),
    "dicts": (lambda i: {"a": i, "b": [i]}, checked_dict, WRITES),
    "large integers": (lambda i: (1 << 90) + i, lambda value: value - (1 << 90), WRITES),
}


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> tuple[Callable[[int], Any], Callable[[Any], int], int]:
    return KINDS[request.param]


def test_what_is_read_while_others_set_is_whole(kind: Any) -> None:
    make, check, writes = kind
    for _ in rounds(1):
        cell = atomos.AtomicReference(make(0))

        def write(cell: Any = cell) -> None:
            for i in range(writes):
                cell.set(make(i))

        def exchange(cell: Any = cell) -> None:
            for i in range(writes):
                check(cell.get_and_set(make(i)))

        def read(cell: Any = cell) -> None:
            for _ in range(100):
                check(cell.get())

        beside(lambda: together(write, exchange), read, read)

        assert check(cell.get()) >= 0


def test_of_all_values_put_in_each_comes_out_once() -> None:
    for _ in rounds(1):
        cell = atomos.AtomicReference(Whole(0))

        def exchange(first: int, cell: Any = cell) -> list[int]:
            return [cell.get_and_set(Whole(first + i)).check() for i in range(WRITES)]

        out = together(*(lambda i=i: exchange(1 + i * WRITES) for i in range(3)))

        assert sorted([*chain(*out), cell.get().check()]) == list(range(3 * WRITES + 1))


def test_updates_by_threads_lose_nothing(kind: Any) -> None:
    make, check, writes = kind
    cell = atomos.AtomicReference(make(0))

    def update() -> None:
        for _ in range(writes // 4):
            cell.update_and_get(lambda value: make(check(value) + 1))

    def compare() -> None:
        for _ in range(writes // 4):
            seen = cell.get()
            while not cell.compare_and_set(seen, make(check(seen) + 1)):
                seen = cell.get()

    for _ in rounds(1):
        cell.set(make(0))

        together(update, compare, update)

        assert check(cell.get()) == check(make(3 * (writes // 4)))


def test_the_winner_of_each_round_of_rivals_is_one() -> None:
    for _ in rounds(200):
        seen = Whole(0)
        cell = atomos.AtomicReference(seen)
        rivals = [Whole(i) for i in range(1, 4)]

        def rival(mine: Whole, cell: Any = cell, seen: Whole = seen) -> Any:
            return cell.compare_and_exchange(seen, mine)

        attempts = together(*(lambda mine=mine: rival(mine) for mine in rivals))

        assert [attempt.won for attempt in attempts].count(True) == 1
        assert {id(attempt.now) for attempt in attempts} == {id(cell.get())}


def test_no_value_outlives_the_threads_that_wrote_it() -> None:
    for _ in rounds(1):
        cell = atomos.AtomicReference(None)
        alive: weakref.WeakSet[Whole] = weakref.WeakSet()

        def write(cell: Any = cell, alive: Any = alive) -> None:
            for i in range(WRITES // 4):
                fresh = Whole(i)
                if i % 16 == 0:
                    alive.add(fresh)
                cell.set(fresh)
                cell.get().check()

        together(write, write, write)
        last = cell.get_and_set(None)
        was_last = [one for one in alive if one is not last]

        assert was_last == []


def test_a_reference_that_dies_while_others_hold_its_value_gives_it_up_whole() -> None:
    def make_and_drop() -> list[Any]:
        kept = []
        for i in range(WRITES // 4):
            cell = atomos.AtomicReference(Whole(i))
            kept.append(cell.get())
            del cell
        return kept

    for _ in rounds(1):
        kept = list(chain(*together(*[make_and_drop] * 3)))

        assert [one.check() for one in kept] == list(range(WRITES // 4)) * 3


def test_a_value_that_uses_its_reference_while_it_dies_is_heard() -> None:
    cell: Any = atomos.AtomicReference(None)
    died = atomos.AtomicInteger()

    class Talker:
        def __del__(self) -> None:
            cell.get()
            cell.compare_and_set(None, None)
            died.add_and_get(1)

    def write() -> None:
        for _ in range(WRITES // 4):
            cell.set(Talker())

    for _ in rounds(1):
        died.set(0)

        together(write, write, write)
        cell.set(None)

        assert died.get() == 3 * (WRITES // 4)
