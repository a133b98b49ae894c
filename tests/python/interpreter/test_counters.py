"""Threads that count together lose nothing, whichever way they add."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import chain, repeat
from typing import Any

import pytest

import atomos

from .together import rounds, together

pytestmark = pytest.mark.usefixtures("frequent_switches")

THREADS = 4
ADDS = 3000


def compare_and_set_loop(cell: Any) -> None:
    while True:
        seen = cell.get()
        if cell.compare_and_set(seen, seen + 1):
            return


def compare_and_exchange_loop(cell: Any) -> None:
    seen = cell.get()
    while True:
        attempt = cell.compare_and_exchange(seen, seen + 1)
        if attempt.won:
            return
        seen = attempt.now


def decline_odd_calls(cell: Any) -> None:
    calls = 0

    def add(value: Any) -> Any:
        nonlocal calls
        calls += 1
        return value + 1 if calls > 1 else atomos.UNCHANGED

    while not cell.try_update(add).won:
        pass


ADDERS: dict[str, Callable[[Any], Any]] = {
    "add_and_get": lambda cell: cell.add_and_get(1),
    "get_and_add": lambda cell: cell.get_and_add(1),
    "subtract_and_get": lambda cell: cell.subtract_and_get(-1),
    "increment_and_get": operator.methodcaller("increment_and_get"),
    "get_and_increment": operator.methodcaller("get_and_increment"),
    "+=": lambda cell: operator.iadd(cell, 1),
    "-=": lambda cell: operator.isub(cell, -1),
    "update_and_get": lambda cell: cell.update_and_get(lambda value: value + 1),
    "accumulate_and_get": lambda cell: cell.accumulate_and_get(1, operator.add),
    "compare_and_set": compare_and_set_loop,
    "compare_and_exchange": compare_and_exchange_loop,
    "try_update": decline_odd_calls,
}
INTEGER_ADDERS: dict[str, Callable[[Any], Any]] = {
    "try_add": lambda cell: cell.try_add(1, -(1 << 90), 1 << 90),
    "add_clamped": lambda cell: cell.add_clamped(1, -(1 << 90), 1 << 90),
    "checked_add_and_get": lambda cell: cell.checked_add_and_get(1),
}


def added_together(cell: Any, adders: list[Callable[[Any], Any]]) -> None:
    def job(adder: Callable[[Any], Any]) -> Callable[[], None]:
        def adds() -> None:
            for one in repeat(cell, ADDS):
                adder(one)

        return adds

    together(*(job(adders[i % len(adders)]) for i in range(THREADS)))


@pytest.mark.parametrize("start", [0, 2**63 - THREADS * ADDS // 2, 1 << 80], ids="{:x}".format)
@pytest.mark.parametrize("adder", [*ADDERS, *INTEGER_ADDERS])
def test_integers_lose_no_addition(adder: str, start: int) -> None:
    for _ in rounds(1):
        cell = atomos.AtomicInteger(start)

        added_together(cell, [(ADDERS | INTEGER_ADDERS)[adder]])

        assert cell.get() == start + THREADS * ADDS


@pytest.mark.parametrize(
    "make",
    [lambda: atomos.AtomicFloat(0.0), lambda: atomos.AtomicNumber(0), atomos.AtomicLong],
    ids=["AtomicFloat", "AtomicNumber", "AtomicLong"],
)
def test_all_ways_to_add_at_once_lose_nothing(make: Callable[[], Any]) -> None:
    for _ in rounds(1):
        for i in range(0, len(ADDERS), THREADS):
            cell = make()

            added_together(cell, list(ADDERS.values())[i : i + THREADS])

            assert cell.get() == THREADS * ADDS


def test_a_count_that_crosses_the_64_bits_to_and_fro_loses_nothing() -> None:
    cell = atomos.AtomicInteger(2**63 - 2)

    def to_and_fro() -> None:
        for _ in range(ADDS):
            cell.add_and_get(7)
            cell.get_and_subtract(7)

    for _ in rounds(1):
        together(*[to_and_fro] * THREADS)

        assert cell.get() == 2**63 - 2


def test_get_and_increment_gives_every_number_once() -> None:
    for _ in rounds(1):
        cell = atomos.AtomicInteger()

        taken = together(*[lambda c=cell: [c.get_and_increment() for _ in range(ADDS)]] * THREADS)

        assert sorted(chain(*taken)) == list(range(THREADS * ADDS))


def test_a_reader_of_a_growing_count_never_sees_it_fall() -> None:
    cell = atomos.AtomicInteger(2**63 - ADDS)

    def watch_it() -> bool:
        seen = [cell.get() for _ in range(ADDS)]
        return seen == sorted(seen)

    for _ in rounds(1):
        cell.set(2**63 - ADDS)

        *_, rises = together(*[lambda: added_together(cell, [ADDERS["+="]])] * 2, watch_it)

        assert rises


def test_try_add_sells_no_more_than_there_is() -> None:
    for _ in rounds(1):
        stock = atomos.AtomicInteger(ADDS)

        def buy(stock: Any = stock) -> int:
            return sum(stock.try_add(-1, 0, ADDS) is not None for _ in range(ADDS))

        sold = together(*[buy] * THREADS)

        assert (sum(sold), stock.get()) == (ADDS, 0)


def test_of_an_odd_number_of_toggles_none_is_lost() -> None:
    for _ in rounds(1):
        flag = atomos.AtomicBoolean(False)

        def toggles(flag: Any = flag) -> list[bool]:
            return [flag.get_and_toggle() for _ in range(ADDS + 1)]

        seen = list(chain(*together(*[toggles] * 3)))

        assert flag.get() == (len(seen) % 2 == 1)
        assert abs(seen.count(True) - seen.count(False)) <= 1
