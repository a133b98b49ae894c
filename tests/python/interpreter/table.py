"""The whole table of operations: every method of every thread type."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import atomos

from .operations import (
    LARGE,
    SMALL,
    Operation,
    Thing,
    call,
    first,
    heard,
    in_place,
    integer_operations,
    number_operations,
    pair,
    reference_operations,
    unchanged,
)

ONE, TWO = Thing(), Thing()
DICT = {"a": 1}
KEY = ("key", Thing())


def _numbers() -> Iterator[Operation]:
    steps = (
        ("increment_and_get", "get_and_decrement"),
        ("get_and_increment", "decrement_and_get"),
    )
    for name in ("AtomicInteger", "AtomicLong"):
        kind = getattr(atomos, name)
        for value, note in ((SMALL, ""), (LARGE, ", large")):

            def make(kind: Any = kind, value: Any = value) -> Any:
                return kind(value)

            yield from reference_operations(name, make, value, value + 1, note)
            yield from number_operations(name, make, value, 0, note)
            yield from integer_operations(name, make, value, note)
            for up, down in steps:
                yield pair(name, make, up, down, note)
    for name, value in (("AtomicFloat", float(SMALL)), ("AtomicNumber", SMALL)):
        kind = getattr(atomos, name)

        def make_number(kind: Any = kind, value: Any = value) -> Any:
            return kind(value)

        yield from reference_operations(name, make_number, value, value + 1)
        yield from number_operations(name, make_number, value, type(value)(0))
        for up, down in steps:
            yield pair(name, make_number, up, down)
    yield in_place("AtomicFloat", lambda: atomos.AtomicFloat(0.5), "/=", 1)


def _booleans() -> Iterator[Operation]:
    def make() -> Any:
        return atomos.AtomicBoolean(True)

    yield from reference_operations("AtomicBoolean", make, True, False)
    yield pair("AtomicBoolean", make, "get_and_toggle", "get_and_toggle")
    for sign, x in (("&=", True), ("|=", False), ("^=", False)):
        yield in_place("AtomicBoolean", make, sign, x)


def _watched() -> Any:
    atom = atomos.Atom(ONE)
    atom.add_watch(KEY, heard)
    atom.set_validator(heard)
    return atom


def _atoms() -> Iterator[Operation]:
    past = time.monotonic() - 1
    for make, note in ((lambda: atomos.Atom(ONE), ""), (_watched, ", watched")):
        for method, args, why in (
            ("deref", (), ""),
            ("read", (first,), ""),
            ("swap", (first,), ""),
            ("swap", (first, TWO, KEY), ", arguments"),
            ("swap_vals", (first,), ""),
            ("reset", (ONE,), ""),
            ("reset_vals", (ONE,), ""),
            ("compare_and_set", (ONE, ONE), ""),
            ("compare_and_set", (TWO, ONE), ", lost"),
            ("compare_and_exchange", (ONE, ONE), ""),
            ("compare_and_exchange", (TWO, ONE), ", lost"),
            ("set_if_less", (ONE,), ""),
            ("set_if_greater", (ONE,), ", lost"),
            ("try_swap", (first, TWO), ""),
            ("try_swap", (unchanged,), ", declined"),
            ("get_validator", (), ""),
            ("wait", (TWO,), ""),
            ("wait_for", (TWO, 1), ""),
            ("wait_for", (ONE, 0), ", late"),
            ("wait_until", (TWO, past), ""),
        ):
            yield Operation("Atom", method, make, call(method, *args), why + note)
        yield Operation(
            "Atom",
            "swap",
            make,
            lambda atom: (lambda: atom.swap(first, other=TWO), ()),
            f", keyword{note}",
        )
    yield Operation("Atom", "set_validator", lambda: atomos.Atom(ONE), call("set_validator", heard))


def _arefs() -> Iterator[Operation]:
    for method, args in (
        ("get_watches", ()),
        ("add_watch", (KEY, heard)),
        ("remove_watch", (KEY,)),
        ("notify_watches", (ONE, TWO)),
    ):
        yield Operation("ARef", method, _watched, call(method, *args))

    def watching(atom: Any) -> tuple[Any, tuple[Any, ...]]:
        def enter() -> None:
            with atom.watching(heard):
                pass

        return enter, ()

    yield Operation("ARef", "watching", _watched, watching)


OPERATIONS: list[Operation] = [
    *reference_operations("AtomicReference", lambda: atomos.AtomicReference(ONE), ONE, TWO),
    *reference_operations(
        "AtomicReference", lambda: atomos.AtomicReference(DICT), {"a": 1}, TWO, ", equal"
    ),
    *_booleans(),
    *_numbers(),
    *_atoms(),
    *_arefs(),
]
