"""The whole table of operations: every method of every thread type."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import atomos

from .operations import (
    LARGE,
    SMALL,
    Operation,
    Thing,
    bounded_operations,
    call,
    drained_operations,
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
    yield from bounded_operations("AtomicFloat", lambda: atomos.AtomicFloat(0.5), 0.5)


def _adders() -> Iterator[Operation]:
    for name, value, note in (
        ("LongAdder", SMALL, ""),
        ("LongAdder", LARGE, ", large"),
        ("DoubleAdder", float(SMALL), ""),
    ):

        def make(name: str = name, value: Any = value) -> Any:
            adder = getattr(atomos, name)()
            adder.add(value)
            return adder

        yield Operation(name, "add", make, call("add", 0), note)
        yield Operation(name, "sum", make, call("sum"), note)
        for sign in ("+=", "-="):
            yield in_place(name, make, sign, 0, note)
        yield from drained_operations(name, make, "sum_then_reset", "add", value, note)
        if name == "LongAdder":
            yield pair(name, make, "increment", "decrement", note)


def _accumulators() -> Iterator[Operation]:
    for name, value, note in (
        ("LongAccumulator", SMALL, ""),
        ("LongAccumulator", LARGE, ", large"),
        ("DoubleAccumulator", float(SMALL), ""),
    ):

        def make(name: str = name, value: Any = value) -> Any:
            accumulator = getattr(atomos, name)(max, 0)
            accumulator.accumulate(value)
            return accumulator

        yield Operation(name, "accumulate", make, call("accumulate", value), note)
        yield Operation(name, "accumulate", make, call("accumulate", 1), note + ", less")
        yield Operation(name, "get", make, call("get"), note)
        yield from drained_operations(name, make, "get_then_reset", "accumulate", value, note)


def _views() -> Iterator[Operation]:
    for code, value, note in (("q", SMALL, ""), ("d", float(SMALL), ", float")):

        def make(code: str = code, value: Any = value) -> Any:
            view: Any = atomos.AtomicView(bytearray(16), 1, format=code)
            view.set(value)
            return view

        of_views = [
            *reference_operations("AtomicView", make, value, value + 1, note),
            *number_operations("AtomicView", make, value, type(value)(0), note),
            pair("AtomicView", make, "increment_and_get", "get_and_decrement", note),
            pair("AtomicView", make, "get_and_increment", "decrement_and_get", note),
        ]
        if code == "q":
            of_views += integer_operations("AtomicView", make, SMALL, note)
        else:
            of_views += bounded_operations("AtomicView", make, value, note)
        yield from (operation for operation in of_views if operation.method != "_value")
        for look in ("format", "read_only"):
            yield Operation(
                "AtomicView", look, make, lambda cell, look=look: (getattr, (cell, look)), note
            )

    def truth() -> Any:
        view = atomos.AtomicView(bytearray(1), format="?")
        view.set(True)
        return view

    yield pair("AtomicView", truth, "get_and_toggle", "get_and_toggle", ", truth")
    for sign, x in (("&=", True), ("|=", False), ("^=", False)):
        yield in_place("AtomicView", truth, sign, x, ", truth")


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


def _watched_in_order() -> Any:
    atom = atomos.Atom(ONE)
    atom.add_watch(KEY, heard, delivery="ordered")
    atom.add_watch((KEY, "latest"), heard, delivery="latest")
    return atom


def run(task: Callable[[], object]) -> None:
    """An executor that runs at once."""
    task()


def _atoms() -> Iterator[Operation]:
    past = time.monotonic() - 1
    for make, note in (
        (lambda: atomos.Atom(ONE), ""),
        (_watched, ", watched"),
        (_watched_in_order, ", watched in order"),
    ):
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
        ("remove_watch_and_wait", (KEY,)),
        ("notify_watches", (ONE, TWO)),
    ):
        yield Operation("ARef", method, _watched, call(method, *args))
        yield Operation("ARef", method, _watched_in_order, call(method, *args), ", in order")

    def watching(**options: Any) -> Callable[[Any], tuple[Any, tuple[Any, ...]]]:
        def bind(atom: Any) -> tuple[Any, tuple[Any, ...]]:
            def enter() -> None:
                with atom.watching(heard, **options):
                    atom.reset(ONE)

            return enter, ()

        return bind

    yield Operation("ARef", "watching", _watched, watching())
    yield Operation("ARef", "watching", _watched, watching(delivery="ordered"), ", in order")
    yield Operation("ARef", "watching", _watched, watching(delivery="latest"), ", latest")
    yield Operation(
        "ARef",
        "watching",
        _watched,
        watching(delivery="ordered", once=True, executor=run),
        ", once, in an executor",
    )


def same(*values: Any) -> tuple[Any, ...]:
    """A transaction that leaves all values as they are."""
    return values


def _transactions() -> Iterator[Operation]:
    held, few, tries = (
        atomos.SwapOptions(tries=0),
        atomos.SwapOptions(tries=3),
        atomos.TryOptions(tries=3, within=60),
    )
    for owner, make, note in (
        ("AtomicReference", lambda: atomos.AtomicReference(ONE), ""),
        ("AtomicInteger", lambda: atomos.AtomicInteger(SMALL), ""),
        ("AtomicInteger", lambda: atomos.AtomicInteger(LARGE), ", large"),
        ("Atom", lambda: atomos.Atom(ONE), ""),
        ("Atom", _watched, ", watched"),
    ):
        others = atomos.Atom(TWO), atomos.AtomicInteger(SMALL), atomos.AtomicReference()
        for function, before, why in (
            (atomos.transact, (same,), ""),
            (atomos.transact, (held, same), ", held"),
            (atomos.try_transact, (same,), ""),
            (atomos.try_transact, (unchanged,), ", declined"),
            (atomos.try_transact, (held, unchanged), ", held, declined"),
            (atomos.snapshot_all, (), ""),
        ):

            def bind(
                cell: Any, function: Any = function, before: Any = before, others: Any = others
            ) -> tuple[Any, tuple[Any, ...]]:
                return function, (*before, cell, *others)

            yield Operation(owner, function.__name__, make, bind, why + note)
        bounded = (
            ("swap", "swap_vals")
            if owner == "Atom"
            else ("update_and_get", "get_and_update", "accumulate_and_get", "get_and_accumulate")
        )
        for method in bounded:
            x = (TWO,) if "accumulate" in method else ()
            for options, why in ((few, ", bounded"), (held, ", held")):
                yield Operation(owner, method, make, call(method, options, *x, first), why + note)
        method = "try_swap" if owner == "Atom" else "try_update"
        for fn, why in ((first, ", bounded"), (unchanged, ", bounded, declined")):
            yield Operation(owner, method, make, call(method, tries, fn), why + note)


OPERATIONS: list[Operation] = [
    *reference_operations("AtomicReference", lambda: atomos.AtomicReference(ONE), ONE, TWO),
    *reference_operations(
        "AtomicReference", lambda: atomos.AtomicReference(DICT), {"a": 1}, TWO, ", equal"
    ),
    *_booleans(),
    *_numbers(),
    *_adders(),
    *_accumulators(),
    *_views(),
    *_atoms(),
    *_arefs(),
    *_transactions(),
]
