"""Threads that transact: sums hold at any time, and histories of two variables are linearizable."""

from __future__ import annotations

import random
import time
from itertools import chain
from typing import Any

import pytest

import atomos
from atomos import UNCHANGED, SwapOptions, snapshot_all, transact, try_transact

from .linearizability import Recorded, linearizable
from .together import beside, rounds, together

ACCOUNTS = 100
EACH = 1000
pytestmark = pytest.mark.usefixtures("frequent_switches")

HELD = SwapOptions(tries=0)
FEW = SwapOptions(tries=2)


def variable(place: int, value: int) -> Any:
    """Of each kind that holds an int."""
    kinds = (
        atomos.Atom,
        atomos.AtomicInteger,
        atomos.AtomicReference,
        atomos.AtomicNumber,
        atomos.AtomicLong,
    )
    return kinds[place % len(kinds)](value)


def value_of(cell: Any) -> Any:
    return cell.deref() if isinstance(cell, atomos.Atom) else cell.get()


def plus(cell: Any, by: int) -> None:
    """One change of one variable."""
    if isinstance(cell, atomos.Atom):
        cell.swap(lambda n: n + by)
    else:
        cell.update_and_get(lambda n: n + by)


def move(amount: int, fail: bool = False) -> Any:
    """Takes from one account and gives to another one."""

    def moved(a: int, b: int) -> Any:
        if fail:
            raise ZeroDivisionError
        return (a - amount, b + amount) if a >= amount else UNCHANGED

    return moved


@pytest.mark.parametrize("every", [1, 5], ids=["of one kind", "of each kind"])
def test_money_moves_and_no_look_sees_it_made_or_lost(every: int, rng: random.Random) -> None:
    accounts = [variable(i % every + 1, EACH) for i in range(ACCOUNTS)]
    seeds = [rng.getrandbits(32) for _ in range(3)]

    def mover(seed: int) -> None:
        mine = random.Random(seed)
        for _ in rounds(400):
            one, other = mine.sample(accounts, 2)
            options = mine.choice([(), (FEW,), (HELD,)])
            try:
                try_transact(*options, move(mine.randrange(1500), mine.random() < 0.05), one, other)
            except ZeroDivisionError:
                pass

    def look() -> None:
        assert sum(snapshot_all(*accounts)) == ACCOUNTS * EACH
        some = rng.sample(accounts, 3)
        assert all(value >= 0 for value in snapshot_all(*some))

    movers = [lambda seed=seed: mover(seed) for seed in seeds]
    beside(lambda: together(*movers), look, look)

    assert sum(map(value_of, accounts)) == ACCOUNTS * EACH


def test_values_that_come_and_go_are_never_seen_beside_each_other() -> None:
    a, b = atomos.AtomicReference("a1"), atomos.AtomicInteger(1)

    def flip() -> None:
        for _ in rounds(3000):
            transact(lambda x, y: ("a2", 2), a, b)
            transact(lambda x, y: ("a1", 1), a, b)

    def look() -> None:
        assert snapshot_all(a, b) in {("a1", 1), ("a2", 2)}
        assert snapshot_all(b, a) in {(1, "a1"), (2, "a2")}

    beside(flip, look, look)


@pytest.mark.parametrize("options", [(), (HELD,)], ids=["contested", "held"])
@pytest.mark.parametrize("first", range(5))
def test_who_has_seen_one_new_value_sees_no_old_one_of_another(first: int, options: Any) -> None:
    a, b = variable(first, 0), variable(first + 1, 0)

    def count() -> None:
        for n in rounds(1500):
            transact(*options, lambda x, y, n=n: (n + 1, n + 1), a, b)

    def look() -> None:
        seen_of_a = value_of(a)
        seen_of_b = value_of(b)
        assert seen_of_b >= seen_of_a

    beside(count, look, look)

    assert value_of(a) == value_of(b)


@pytest.mark.parametrize("options", [(), (HELD,)], ids=["contested", "held"])
def test_in_a_transaction_of_many_no_look_is_ahead_of_another(options: Any) -> None:
    cells = sorted((atomos.AtomicInteger() for _ in range(2000)), key=id)
    first, last = cells[0], cells[-1]

    def count() -> None:
        for n in rounds(60):
            transact(*options, lambda *values, n=n: (n + 1,) * len(values), *cells)

    def look() -> None:
        for _ in range(100):
            seen_first = first.get()
            seen_last = last.get()
            assert seen_last >= seen_first
            seen_last = last.get()
            assert first.get() >= seen_last

    beside(count, look)

    assert set(snapshot_all(*cells)) == {first.get()}


def test_single_changes_between_transactions_are_neither_lost_nor_doubled(
    rng: random.Random,
) -> None:
    cells = [variable(i, 0) for i in range(5)]
    done = [0] * 4

    def transacting(place: int) -> None:
        for n in rounds(500):
            options = [(), (FEW,), (HELD,)][n % 3]
            transact(*options, lambda *values: tuple(value + 1 for value in values), *cells)
            done[place] += 1

    def single(place: int) -> None:
        for _ in rounds(500):
            for cell in cells:
                plus(cell, 1)
            done[place] += 1

    together(lambda: transacting(0), lambda: transacting(1), lambda: single(2), lambda: single(3))

    assert snapshot_all(*cells) == (sum(done),) * 5


def test_validators_and_watches_of_transactions_meet_changes_of_both(rng: random.Random) -> None:
    balance, entries = atomos.Atom(0), atomos.AtomicInteger()
    heard: list[Any] = []
    balance.add_watch("log", lambda key, ref, old, new: heard.append((old, new)))

    def book() -> None:
        for n in rounds(500):
            try:
                transact(lambda b, e, n=n: (b + 1, e + 1), balance, entries)
            except atomos.ValidationError:
                pass

    def rule() -> None:
        limit = rng.choice([10**9, 10**10])
        balance.set_validator(lambda b: b < limit)
        balance.set_validator(None)

    beside(lambda: together(book, book), rule, rule)

    assert balance.deref() == entries.get() == len(heard)
    assert sorted(heard) == [(n, n + 1) for n in range(len(heard))]


# Histories: small ones of two variables, with whole operations on either and on both.

Step = tuple[Any, ...]


def apply(state: tuple[int, int], step: Step) -> tuple[tuple[int, int], Any]:
    """Two variables that one thread uses."""
    name, *arguments = step
    if name == "look":
        return state, state
    if name == "transact":
        by = arguments[0]
        after = (state[0] + by, state[1] * 2 % 10007)
        return after, after
    if name == "refuse":
        return state, (False, state)
    place, value = arguments
    after = (value, state[1]) if place == 0 else (state[0], value)
    if name == "set":
        return after, value
    if name == "get_and_set":
        return after, state[place]
    assert name == "get"
    return state, state[place]


def do(cells: tuple[Any, Any], step: Step, mine: random.Random) -> Any:
    name, *arguments = step
    if name == "look":
        return snapshot_all(*cells)
    if name == "transact":
        by = arguments[0]
        options = mine.choice([(), (FEW,), (HELD,)])
        return transact(*options, lambda a, b: (a + by, b * 2 % 10007), *cells)
    if name == "refuse":
        return try_transact(lambda a, b: UNCHANGED, *cells)
    place, value = arguments
    cell = cells[place]
    of_atom = isinstance(cell, atomos.Atom)
    if name == "set":
        return cell.reset(value) if of_atom else cell.set(value)
    if name == "get_and_set":
        return cell.reset_vals(value)[0] if of_atom else cell.get_and_set(value)
    return value_of(cell)


def chosen(mine: random.Random) -> Step:
    place, value = mine.randrange(2), mine.choice([5001, 5002])
    return mine.choice(
        [
            ("look",),
            ("look",),
            ("transact", mine.choice([1, -1])),
            ("transact", mine.choice([1, -1])),
            ("refuse",),
            ("set", place, value),
            ("get_and_set", place, value),
            ("get", place, 0),
        ]
    )


def written_down(cells: tuple[Any, Any], plan: list[Step], seed: int) -> list[Recorded]:
    mine = random.Random(seed)
    history = []
    for step in plan:
        begun = time.monotonic_ns()
        result = do(cells, step, mine)
        history.append(Recorded(step, result, begun, time.monotonic_ns()))
    return history


@pytest.mark.parametrize("first", range(5))
def test_a_history_of_two_variables_is_linearizable(first: int, rng: random.Random) -> None:
    for _ in rounds(120):
        cells = (variable(first, 5001), variable(first + 2, 5002))
        plans = [[chosen(rng) for _ in range(4)] for _ in range(3)]
        seeds = [rng.getrandbits(32) for _ in plans]

        parts = together(
            *(
                lambda plan=plan, seed=seed, cells=cells: written_down(cells, plan, seed)
                for plan, seed in zip(plans, seeds, strict=True)
            )
        )

        history = list(chain(*parts))
        assert linearizable(history, (5001, 5002), apply), history


def test_the_checker_refutes_a_look_that_is_torn() -> None:
    torn = [
        Recorded(("transact", 1), (2, 2), begun=0, ended=10),
        Recorded(("look",), (2, 1), begun=5, ended=6),
    ]

    assert not linearizable(torn, (1, 1), apply)
