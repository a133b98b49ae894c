"""Threads that come and go add, others drain: every add is in exactly one drain."""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

import atomos

from .together import beside, rounds, together

pytestmark = pytest.mark.usefixtures("frequent_switches")

THREADS = 4
ADDS = 3000
VALUES = 2000

ADDERS: dict[str, tuple[Callable[[], Any], str, str, str]] = {
    "LongAdder": (atomos.LongAdder, "add", "sum", "sum_then_reset"),
    "DoubleAdder": (atomos.DoubleAdder, "add", "sum", "sum_then_reset"),
    "LongAccumulator": (
        lambda: atomos.LongAccumulator(operator.add, 0),
        "accumulate",
        "get",
        "get_then_reset",
    ),
    "DoubleAccumulator": (
        lambda: atomos.DoubleAccumulator(operator.add, 0),
        "accumulate",
        "get",
        "get_then_reset",
    ),
}


def drains_of(cell: Any, drain: str, work: Callable[[], Any]) -> list[Any]:
    """What two threads drain while the work is done, and what is left after it."""
    taken: list[Any] = []
    beside(work, *[lambda: taken.append(getattr(cell, drain)())] * 2)
    return [*taken, getattr(cell, drain)()]


@pytest.mark.parametrize("step", [1, 1 << 40, 1 << 61, 1 << 70], ids="{:x}".format)
@pytest.mark.parametrize("name", ADDERS)
def test_no_add_is_lost_and_none_is_counted_twice(name: str, step: int) -> None:
    make, add, look, drain = ADDERS[name]
    for _ in rounds(1):
        cell = make()

        def adds(cell: Any = cell) -> None:
            for _ in range(ADDS):
                getattr(cell, add)(step)

        taken = drains_of(cell, drain, lambda: together(*[adds] * THREADS))  # noqa: B023

        assert sum(taken) == THREADS * ADDS * step
        assert getattr(cell, look)() == 0


@pytest.mark.parametrize("name", ADDERS)
def test_no_add_of_threads_that_come_and_go_is_lost(name: str) -> None:
    make, add, _, drain = ADDERS[name]
    for _ in rounds(1):
        cell = make()

        def come_and_go(cell: Any = cell) -> None:
            for _ in range(12):
                short = [
                    threading.Thread(target=lambda: [getattr(cell, add)(1) for _ in range(20)])
                    for _ in range(3)
                ]
                for thread in short:
                    thread.start()
                for thread in short:
                    thread.join()

        taken = drains_of(cell, drain, lambda: together(*[come_and_go] * 2))  # noqa: B023

        assert sum(taken) == 2 * 12 * 3 * 20


def test_every_single_value_is_in_exactly_one_drain() -> None:
    for _ in rounds(1):
        cell = atomos.LongAccumulator(operator.or_, 0)
        turn = atomos.AtomicInteger()

        def gives(cell: Any = cell, turn: Any = turn) -> None:
            for _ in range(VALUES // THREADS):
                cell.accumulate(1 << turn.get_and_increment())

        taken = drains_of(cell, "get_then_reset", lambda: together(*[gives] * THREADS))  # noqa: B023

        seen = 0
        for drained in taken:
            assert seen & drained == 0
            seen |= drained
        assert seen == (1 << VALUES) - 1


def test_drains_that_fail_take_nothing_from_those_that_do_not() -> None:
    class Refused(Exception):
        pass

    calls = count(1)
    calm = False

    def union(so_far: int, value: int) -> int:
        of_two_parts = so_far.bit_count() > 1 and value.bit_count() > 1
        if of_two_parts and next(calls) % 3 == 0 and not calm:
            raise Refused
        return so_far | value

    for _ in rounds(1):
        cell = atomos.LongAccumulator(union, 0)
        turn = atomos.AtomicInteger()
        taken: list[int] = []
        calm = False

        def gives(cell: Any = cell, turn: Any = turn) -> None:
            for _ in range(VALUES // THREADS):
                cell.accumulate(1 << turn.get_and_increment())

        def drains(cell: Any = cell, taken: Any = taken) -> None:
            try:
                taken.append(cell.get_then_reset())
            except Refused:
                pass

        beside(lambda: together(*[gives] * THREADS), drains, drains)  # noqa: B023
        calm = True
        drains()

        seen = 0
        for drained in taken:
            assert seen & drained == 0
            seen |= drained
        assert seen == (1 << VALUES) - 1


def test_a_sum_that_nobody_drains_never_falls() -> None:
    for _ in rounds(1):
        cell = atomos.LongAdder()

        def looks(cell: Any = cell) -> bool:
            seen = [cell.sum() for _ in range(ADDS)]
            return seen == sorted(seen)

        def adds(cell: Any = cell) -> None:
            for _ in range(ADDS):
                cell.increment()

        *_, rises = together(adds, adds, looks)

        assert rises
        assert cell.sum() == 2 * ADDS


def test_in_place_additions_of_many_threads_are_all_in_the_sum() -> None:
    for kind in (atomos.LongAdder, atomos.DoubleAdder):
        cell: Any = kind()

        def adds(cell: Any = cell) -> None:
            for _ in range(ADDS):
                cell += 2
                cell -= 1

        together(*[adds] * THREADS)

        assert cell.sum() == THREADS * ADDS
