"""Process objects are plain Python objects, with the representation of 0.3.1."""

import gc
import re
import weakref

import pytest

from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import (
    AtomicBoolean,
    AtomicCtypesReference,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    AtomicReference,
)

MAKERS = {
    AtomicReference: lambda kind: kind(1),
    AtomicCtypesReference: lambda kind: kind("i", 1),
    AtomicNumber: lambda kind: kind("i", 1),
    AtomicBoolean: lambda kind: kind(True),
    AtomicInteger: lambda kind: kind(1),
    AtomicLong: lambda kind: kind(1),
    AtomicFloat: lambda kind: kind(1),
    Atom: lambda kind: kind(1),
}
each_kind = pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.__name__)
each_reference = pytest.mark.parametrize(
    "kind", [kind for kind in MAKERS if kind is not Atom], ids=lambda kind: kind.__name__
)


def make(kind, derived=None):
    return MAKERS[kind](derived or kind)


@each_kind
def test_objects_are_equal_to_themselves_only_and_always_true(kind):
    one, other = make(kind), make(kind)

    assert one == one
    assert one != other
    assert hash(one) == object.__hash__(one)
    assert bool(AtomicInteger(0)) is bool(one) is True


@each_kind
def test_objects_take_attributes_and_weak_references(kind):
    one = make(kind)
    one.label = "mine"
    seen = weakref.ref(one)

    assert (one.label, seen()) == ("mine", one)
    del one
    gc.collect()
    assert seen() is None


@each_kind
def test_objects_in_a_cycle_are_collected(kind):
    one = make(kind)
    one.itself = [one]
    seen = weakref.ref(one)

    del one
    gc.collect()

    assert seen() is None


@each_kind
def test_a_derived_class_may_have_an_init_of_its_own(kind):
    class Derived(kind):
        def __init__(self, *args):
            self.extra = "before"
            super().__init__(*args)

    one = make(kind, Derived)

    assert one.extra == "before"
    assert isinstance(one, kind)


@each_kind
def test_the_representation_shows_module_class_and_value(kind):
    """Repaired: it showed the representation of a lock, or a proxy's."""

    class Derived(kind):
        pass

    module = "atomos.multiprocessing." + ("atom" if kind is Atom else "atomic")
    value = {AtomicFloat: "1.0", AtomicBoolean: "True"}.get(kind, "1")
    for one, name in ((make(kind), kind.__name__), (make(kind, Derived), "Derived")):
        shown = f"<{module}.{name}({value}) object at {hex(id(one))}>"

        assert repr(one) == shown


def test_the_representation_shows_what_str_shows():
    assert re.match(
        r"<atomos\.multiprocessing\.atomic\.AtomicReference\(a\) ", repr(AtomicReference("a"))
    )


@each_reference
def test_assigning_the_inner_value_has_no_effect(kind):
    one = make(kind)

    one._value = one.get()

    assert one.get() == make(kind).get()
    assert one._value == one.get()


@each_kind
def test_making_an_object_twice_does_not_change_what_it_stands_for(kind):
    one = make(kind)
    get = one.deref if kind is Atom else one.get

    with pytest.raises(RuntimeError):
        one.__init__(*(("i", 0) if kind in (AtomicCtypesReference, AtomicNumber) else (0,)))

    assert get() == 1


@each_kind
def test_an_object_whose_init_was_never_called_says_so(kind):
    class Derived(kind):
        def __init__(self):
            pass

    one = Derived()

    with pytest.raises(RuntimeError):
        one.deref() if kind is Atom else one.get()


@each_kind
def test_region_and_name_are_keywords_only(kind):
    arguments = ("i", 1) if kind in (AtomicCtypesReference, AtomicNumber) else (1,)

    with pytest.raises(TypeError):
        kind(*arguments, "region", "name")
