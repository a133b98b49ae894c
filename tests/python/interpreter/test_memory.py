"""A million calls leave the memory where it was, and a replaced value dies at once."""

from __future__ import annotations

import gc
import os
import sys
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from itertools import repeat, starmap
from typing import Any

import pytest

import atomos

from .operations import Operation, Thing
from .table import OPERATIONS
from .together import SOAK

CALLS = 1_000_000
BLOCKS = 300
"""What a million calls may add to the interpreter's blocks: 64 retired values, and noise."""

BYTES = 3 << 20
"""And to the resident set: three bytes a call; the least block that malloc gives has 24."""

MILLION = ("AtomicReference", "AtomicInteger", "Atom")
"""Who is called so often; the others a tenth of it, and as often with ATOMOS_SOAK."""

PAGE = os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(autouse=True, scope="module")
def small_collections() -> Iterator[None]:
    """Leaves out of each collection what was there before."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * PAGE


def repeated(function: Any, arguments: tuple[Any, ...], times: int) -> None:
    """Calls in C, so that the loop itself makes nothing."""
    deque(starmap(function, repeat(arguments, times)), maxlen=0)


def assert_nothing_grows(run: Callable[[int], None], calls: int) -> None:
    run(calls // 20)
    gc.collect()
    blocks, bytes_ = sys.getallocatedblocks(), resident()

    run(calls)

    gc.collect()
    assert sys.getallocatedblocks() - blocks < BLOCKS
    assert resident() - bytes_ < BYTES


def _named_once() -> list[Operation]:
    seen: dict[tuple[str, str], Operation] = {}
    for operation in OPERATIONS:
        if operation.owner != "AtomicLong":
            seen.setdefault((operation.owner, operation.method), operation)
    return list(seen.values())


@pytest.mark.parametrize("operation", _named_once(), ids=str)
def test_calls_leave_the_memory_where_it_was(operation: Operation) -> None:
    function, arguments = operation.bind(operation.make())
    calls = CALLS if operation.owner in MILLION or SOAK else CALLS // 10

    assert_nothing_grows(lambda times: repeated(function, arguments, times), calls)


@pytest.mark.parametrize("kind", ["AtomicReference", "AtomicInteger", "AtomicFloat", "Atom"])
def test_objects_made_and_dropped_leave_the_memory_where_it_was(kind: str) -> None:
    cls = getattr(atomos, kind)
    value = 1.5 if kind == "AtomicFloat" else 1 << 70

    def make(times: int) -> None:
        for _ in repeat(None, times):
            cell = cls(value)
            cell.attribute = cell.__class__

    assert_nothing_grows(make, CALLS // 20)


def test_watches_of_fresh_keys_leave_the_memory_where_it_was() -> None:
    atom = atomos.Atom(None)

    def come_and_go(times: int) -> None:
        for _ in repeat(None, times):
            key = ("key", object())
            atom.add_watch(key, lambda *_: None)
            atom.reset(key)
            atom.remove_watch(key)

    assert_nothing_grows(come_and_go, CALLS // 20)


WRITERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "set": lambda cell, old, new: cell.set(new),
    "get_and_set": lambda cell, old, new: cell.get_and_set(new),
    "compare_and_set": lambda cell, old, new: cell.compare_and_set(old, new),
    "compare_and_exchange": lambda cell, old, new: cell.compare_and_exchange(old, new),
    "update_and_get": lambda cell, old, new: cell.update_and_get(lambda _: new),
    "get_and_update": lambda cell, old, new: cell.get_and_update(lambda _: new),
    "accumulate_and_get": lambda cell, old, new: cell.accumulate_and_get(1, lambda _, x: new),
    "try_update": lambda cell, old, new: cell.try_update(lambda _: new),
    "_value": lambda cell, old, new: setattr(cell, "_value", new),
    "swap": lambda cell, old, new: cell.swap(lambda _: new),
    "swap_vals": lambda cell, old, new: cell.swap_vals(lambda _: new),
    "reset": lambda cell, old, new: cell.reset(new),
    "reset_vals": lambda cell, old, new: cell.reset_vals(new),
    "try_swap": lambda cell, old, new: cell.try_swap(lambda _: new),
}


@pytest.mark.parametrize("kind", [atomos.AtomicReference, atomos.Atom])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_replaced_value_is_dead_when_the_writer_returns(kind: Any, writer: str) -> None:
    if not hasattr(kind, writer):
        writer = {"set": "reset", "get_and_set": "reset_vals"}.get(writer, "swap")
        writer = writer if hasattr(kind, writer) else "set"
    cell = kind(None)
    for _ in range(100):
        old, new = Thing(), Thing()
        dead = weakref.ref(old)
        cell.reset(old) if kind is atomos.Atom else cell.set(old)

        WRITERS[writer](cell, old, new)

        del old
        assert dead() is None


@pytest.mark.parametrize("kind", [atomos.AtomicReference, atomos.Atom])
def test_a_value_dies_with_what_held_it(kind: Any) -> None:
    value = Thing()
    dead = weakref.ref(value)
    cell = kind(value)
    del value
    assert dead() is not None

    del cell

    assert dead() is None


def test_a_removed_or_replaced_watch_is_dead_at_once() -> None:
    atom = atomos.Atom(0)

    def add() -> weakref.ref[Any]:
        def watch(*_: Any) -> None: ...

        atom.add_watch("key", watch)
        return weakref.ref(watch)

    first, second = add(), add()
    assert (first() is None, second() is None) == (True, False)
    atom.reset(1)

    atom.remove_watch("key")

    assert second() is None


def test_a_replaced_validator_is_dead_at_once() -> None:
    atom = atomos.Atom(0)

    def accept() -> weakref.ref[Any]:
        def validator(_: Any) -> bool:
            return True

        atom.set_validator(validator)
        return weakref.ref(validator)

    first, second = accept(), accept()
    atom.reset(1)
    atom.set_validator(None)

    assert (first(), second()) == (None, None)
