"""Cycles through atoms are collected, whatever part of an atom they go through."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import atomos

from .operations import Thing
from .together import FREE_THREADED, beside, together

CYCLES_A_THREAD = 1000


@pytest.fixture(autouse=True)
def collected_by_hand() -> Iterator[None]:
    """No collection but those of the test, so that each tells what it freed."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Subclass(atomos.Atom):
    """A user's atom."""


class Slotted(atomos.AtomicReference):
    """A user's reference with a place of its own."""

    __slots__ = ("mine",)


def through_the_value() -> Any:
    cell: Any = atomos.AtomicReference()
    cell.set([cell])
    return cell


def through_the_state() -> Any:
    atom: Any = atomos.Atom(None)
    atom.reset({"me": atom})
    return atom


def through_a_watch() -> Any:
    atom: Any = atomos.Atom(None)
    atom.add_watch("key", lambda *_: atom)
    return atom


def through_a_watch_key() -> Any:
    atom: Any = atomos.Atom(None)
    atom.add_watch((atom,), print)
    return atom


def through_a_bare_aref() -> Any:
    ref: Any = atomos.ARef()
    ref.add_watch("key", lambda *_: ref)
    return ref


def through_a_validator() -> Any:
    atom: Any = atomos.Atom(None)
    atom.set_validator(lambda _: atom is not None)
    return atom


def through_an_attribute() -> Any:
    cell: Any = atomos.AtomicInteger(3)
    cell.me = cell
    return cell


def through_a_slot() -> Any:
    cell: Any = Slotted()
    cell.mine = cell
    return cell


def through_a_subclass_instance() -> Any:
    atom: Any = Subclass(None)
    atom.me = [atom]
    atom.reset(atom)
    return atom


def through_a_number() -> Any:
    class Own:
        def __add__(self, other: Any) -> Any:
            return self

    value: Any = Own()
    value.cell = atomos.AtomicNumber(value)
    return value.cell


def through_an_accumulators_function() -> Any:
    cell: Any = None
    cell = atomos.LongAccumulator(lambda so_far, x: so_far if cell else x, 0)
    return cell


def through_an_accumulators_part() -> Any:
    class Own(int):
        cell: Any = None

    part = Own(7)
    part.cell = atomos.LongAccumulator(max, 0)
    part.cell.accumulate(part)
    return part.cell


def through_an_accumulators_identity() -> Any:
    class Own(float):
        cell: Any = None

    identity = Own(7)
    identity.cell = atomos.DoubleAccumulator(max, identity)
    return identity.cell


def through_an_adders_attribute() -> Any:
    adder: Any = atomos.LongAdder()
    adder.me = adder
    return adder


def through_a_views_buffer() -> Any:
    class Memory(bytearray):
        view: Any = None

    memory = Memory(8)
    memory.view = atomos.AtomicView(memory)
    return memory.view


def through_two_atoms() -> Any:
    one: Any = atomos.Atom(None)
    two = atomos.Atom(one)
    one.reset(two)
    return one


def through_a_watching_block() -> Any:
    atom: Any = atomos.Atom(None)
    block = atom.watching(lambda *_: None)
    block.__enter__()
    atom.reset(block)
    return atom


def through_a_class() -> Any:
    kind: Any = type("Kind", (atomos.Atom,), {})
    kind.instance = kind(None)
    return kind


CYCLES: list[Callable[[], Any]] = [
    through_the_value,
    through_the_state,
    through_a_watch,
    through_a_watch_key,
    through_a_bare_aref,
    through_a_validator,
    through_an_attribute,
    through_a_slot,
    through_a_subclass_instance,
    through_a_number,
    through_an_accumulators_function,
    through_an_accumulators_part,
    through_an_accumulators_identity,
    through_an_adders_attribute,
    through_a_views_buffer,
    through_two_atoms,
    through_a_watching_block,
]
if not FREE_THREADED:
    # The free-threaded 3.13 may keep any class that is its own instance's, without atoms as well.
    CYCLES.append(through_a_class)


@pytest.mark.parametrize("cycle", CYCLES, ids=lambda cycle: cycle.__name__)
def test_a_cycle_is_collected(cycle: Callable[[], Any]) -> None:
    cell = cycle()
    dead = weakref.ref(cell)
    del cell
    assert dead() is not None

    gc.collect()

    assert dead() is None


@pytest.mark.parametrize("cycle", CYCLES, ids=lambda cycle: cycle.__name__)
def test_a_collection_leaves_what_is_still_held(cycle: Callable[[], Any]) -> None:
    cell = cycle()
    if isinstance(cell, type):
        cell = cell.instance

    gc.collect()

    if isinstance(cell, atomos.Atom):
        before = cell.deref()
        assert cell.compare_and_set(before, before)
    assert gc.is_tracked(cell)
    assert gc.get_referents(cell) != []


def test_a_dying_value_that_revives_its_atom_finds_it_usable() -> None:
    revived: list[Any] = []

    class Phoenix:
        atom: Any = None

        def __del__(self) -> None:
            revived.append(self.atom)

    value = Phoenix()
    value.atom = atomos.Atom(value)
    value.atom.add_watch("key", lambda *_: None)
    del value

    gc.collect()

    atom = revived[0]
    assert isinstance(atom.deref(), Phoenix)
    assert atom.reset(1) == 1
    assert list(atom.get_watches()) == ["key"]


def test_weak_reference_callbacks_see_a_dead_atom() -> None:
    seen: list[Any] = []
    atom: Any = atomos.Atom(None)
    atom.reset(atom)
    note = weakref.ref(atom, lambda ref: seen.append(ref()))
    del atom

    gc.collect()

    assert seen == [None]
    assert note() is None


def test_finalizers_of_a_cycle_may_use_its_atoms() -> None:
    for make in (atomos.Atom, atomos.AtomicReference):
        said: list[str] = []

        class Last:
            def __init__(self, cell: Any, said: Any = said) -> None:
                self.cell, self.said = cell, said

            def __del__(self) -> None:
                held = self.cell.deref() if isinstance(self.cell, atomos.Atom) else self.cell.get()
                self.said.append(type(held).__name__)

        cell: Any = make(None)
        last = Last(cell)
        cell.reset(last) if make is atomos.Atom else cell.set(last)
        del cell, last

        gc.collect()

        assert said == ["Last"]


def test_a_long_chain_of_atoms_dies_without_deep_recursion() -> None:
    chain: Any = None
    first = weakref.ref(Thing())
    for make in (atomos.Atom, atomos.AtomicReference):
        end = Thing()
        first = weakref.ref(end)
        chain = make(end)
        del end
        for _ in range(200_000):
            chain = make(chain)

        chain = None

        assert first() is None


def test_collections_while_threads_use_what_is_collected_disturb_nobody() -> None:
    died = atomos.AtomicInteger()

    class Node:
        def __init__(self, atom: Any) -> None:
            self.atom = atom

        def __del__(self) -> None:
            self.atom.deref()
            self.atom.get_watches()
            died.add_and_get(1)

    shared: Any = atomos.Atom(None)
    shared.reset(Node(shared))

    def make_cycles() -> None:
        for _ in range(CYCLES_A_THREAD):
            atom: Any = atomos.Atom(None)
            atom.reset(Node(atom))
            atom.add_watch(atom, lambda *_, atom=atom: atom)
            shared.swap(lambda _, atom=atom: atom.deref())

    def look() -> None:
        for one in gc.get_referents(shared):
            gc.get_referents(one)
        shared.deref().atom.deref()

    beside(lambda: together(make_cycles, make_cycles), gc.collect, look)
    shared.reset(None)
    gc.collect()

    assert died.get() == 2 * CYCLES_A_THREAD + 1
