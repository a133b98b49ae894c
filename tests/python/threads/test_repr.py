"""repr, of the classes and of atomos.util: <module.Class(value) object at 0x…>."""

import re

import pytest

import atomos.util
from atomos.atom import ARef, Atom
from atomos.atomic import AtomicNumber, AtomicReference

from .kinds import KINDS


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_repr_shows_module_class_value_and_address(kind):
    ref = kind.make(kind.one)

    expected = f"<atomos.atomic.{kind.make.__name__}({kind.one!s}) object at {hex(id(ref))}>"
    assert repr(ref) == expected
    assert str(ref) == expected


def test_repr_of_an_atom_shows_its_state_by_str():
    atom = Atom("état")

    assert repr(atom) == f"<atomos.atom.Atom(état) object at {hex(id(atom))}>"


def test_an_aref_has_a_repr():
    assert "ARef" in repr(ARef())


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_module_is_fixed_and_the_class_is_the_subclass(kind):
    class Mine(kind.make):
        pass

    ref = Mine(kind.one)

    assert repr(ref) == f"<atomos.atomic.Mine({kind.one!s}) object at {hex(id(ref))}>"


def test_the_module_of_an_atoms_subclass_is_fixed():
    class Mine(Atom):
        pass

    assert repr(Mine(1)).startswith("<atomos.atom.Mine(1) object at 0x")


def test_repr_uses_str_of_the_value_not_its_repr():
    class Value:
        def __str__(self):
            return "by str"

        def __repr__(self):
            return "by repr"

    assert "AtomicReference(by str)" in repr(AtomicReference(Value()))
    assert "AtomicNumber(by str)" in repr(AtomicNumber(Value()))
    assert "Atom(by str)" in repr(Atom(Value()))


@pytest.mark.parametrize("make", [AtomicReference, Atom])
def test_a_str_that_raises_passes_through_repr(make):
    class Value:
        def __str__(self):
            raise LookupError("str")

    with pytest.raises(LookupError, match="str"):
        repr(make(Value()))


@pytest.mark.parametrize("make", [AtomicReference, Atom])
def test_a_str_may_use_and_replace_what_it_is_shown_in(make):
    class Value:
        def __str__(self):
            (holder.reset if make is Atom else holder.set)("later")
            return "shown"

    holder = make(Value())

    assert "(shown)" in repr(holder)
    assert "(later)" in repr(holder)


def test_util_repr_is_given_module_instance_and_value():
    class Thing:
        pass

    thing = Thing()

    expected = f"<some.module.Thing(42) object at {hex(id(thing))}>"
    assert atomos.util.repr("some.module", thing, 42) == expected
    assert atomos.util.repr(module="some.module", instance=thing, value=42) == expected
    assert re.fullmatch(r"<m\.int\(\[\]\) object at 0x[0-9a-f]+>", atomos.util.repr("m", 1, []))
