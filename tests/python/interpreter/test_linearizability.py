"""Small histories of references, integers and atoms are linearizable."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

import atomos

from .linearizability import Recorded, linearizable, record
from .together import rounds, together

THREADS = 3
LENGTH = 5
VALUES = [5001, 5002, 5003]


def twice(value: int) -> int:
    return value * 2 % 10007


def plus(value: int, x: int) -> int:
    return (value + x) % 10007


CHANGES: dict[str, Callable[..., tuple[Any, Any]]] = {
    "get": lambda state: (state, state),
    "set": lambda state, value: (value, value),
    "get_and_set": lambda state, value: (value, state),
    "compare_and_set": lambda state, old, new: (new, True) if state == old else (state, False),
    "compare_and_exchange": lambda state, old, new: (
        (new, (True, new)) if state == old else (state, (False, state))
    ),
    "update_and_get": lambda state, fn, *x: (fn(state, *x),) * 2,
    "get_and_update": lambda state, fn: (fn(state), state),
    "accumulate_and_get": lambda state, x, fn: (fn(state, x),) * 2,
    "reset_vals": lambda state, value: (value, (state, value)),
    "swap_vals": lambda state, fn, *x: (fn(state, *x), (state, fn(state, *x))),
    "add_and_get": lambda state, delta: (state + delta,) * 2,
    "get_and_add": lambda state, delta: (state + delta, state),
    "max_and_get": lambda state, x: (max(state, x),) * 2,
    "try_add": lambda state, delta, lo, hi: (
        (state + delta,) * 2 if lo <= state + delta <= hi else (state, None)
    ),
}
"""What a method does when nobody else is there: (next state, result)."""
CHANGES |= {
    "deref": CHANGES["get"],
    "reset": CHANGES["set"],
    "swap": CHANGES["update_and_get"],
}


def register(state: int, operation: tuple[Any, ...]) -> tuple[int, Any]:
    """A cell that one thread uses."""
    return CHANGES[operation[0]](state, *operation[1:])


def reference_step(rng: random.Random) -> tuple[Any, ...]:
    value, other = rng.choice(VALUES), rng.choice(VALUES)
    return rng.choice(
        [
            ("get",),
            ("set", value),
            ("get_and_set", value),
            ("compare_and_set", value, other),
            ("compare_and_exchange", value, other),
            ("update_and_get", twice),
            ("get_and_update", twice),
            ("accumulate_and_get", value, plus),
        ]
    )


def integer_step(rng: random.Random) -> tuple[Any, ...]:
    delta = rng.choice([1, -1, 1 << 62, -(1 << 62)])
    return rng.choice(
        [
            reference_step(rng),
            ("add_and_get", delta),
            ("get_and_add", delta),
            ("max_and_get", rng.choice([*VALUES, 1 << 63])),
            ("try_add", delta, 0, 1 << 64),
        ]
    )


def atom_step(rng: random.Random) -> tuple[Any, ...]:
    value, other = rng.choice(VALUES), rng.choice(VALUES)
    return rng.choice(
        [
            ("deref",),
            ("reset", value),
            ("reset_vals", value),
            ("swap", twice),
            ("swap", plus, value),
            ("swap_vals", plus, value),
            ("compare_and_set", value, other),
            ("compare_and_exchange", value, other),
        ]
    )


@pytest.mark.usefixtures("frequent_switches")
@pytest.mark.parametrize(
    ("make", "step"),
    [
        (atomos.AtomicReference, reference_step),
        (atomos.AtomicNumber, reference_step),
        (atomos.AtomicInteger, integer_step),
        (atomos.Atom, atom_step),
    ],
    ids=["AtomicReference", "AtomicNumber", "AtomicInteger", "Atom"],
)
def test_a_history_of_threads_is_linearizable(
    make: Callable[[int], Any], step: Callable[[random.Random], Any], rng: random.Random
) -> None:
    for _ in rounds(150):
        cell = make(VALUES[0])
        plans = [[step(rng) for _ in range(LENGTH)] for _ in range(THREADS)]

        parts = together(*(lambda plan=plan, cell=cell: record(cell, plan) for plan in plans))

        history = list(chain(*parts))
        assert linearizable(history, VALUES[0], register), history


def test_the_checker_refutes_a_lost_update_and_a_stale_read() -> None:
    lost = [
        Recorded(("add_and_get", 1), 1, begun=0, ended=10),
        Recorded(("add_and_get", 1), 1, begun=5, ended=15),
    ]
    stale = [
        Recorded(("set", 2), 2, begun=0, ended=1),
        Recorded(("get",), 0, begun=2, ended=3),
    ]

    assert not linearizable(lost, 0, register)
    assert not linearizable(stale, 0, register)


def test_the_checker_explains_overlapping_operations_in_either_order() -> None:
    for seen in (0, 2):
        history = [
            Recorded(("set", 2), 2, begun=0, ended=10),
            Recorded(("get",), seen, begun=5, ended=6),
        ]

        assert linearizable(history, 0, register)


@pytest.mark.usefixtures("frequent_switches")
def test_the_checker_finds_a_counter_that_reads_and_then_writes() -> None:
    class Broken:
        value = 0

        def add_and_get(self, delta: int) -> int:
            seen = self.value
            sum(range(50))
            self.value = seen + delta
            return seen + delta

    found = False
    for _ in range(3000):
        cell = Broken()
        parts = together(*[lambda cell=cell: record(cell, [("add_and_get", 1)] * 8)] * THREADS)
        if not linearizable(list(chain(*parts)), 0, register):
            found = True
            break

    assert found, f"switch interval {sys.getswitchinterval()}"
