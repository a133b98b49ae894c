"""Names, arguments by position and by keyword, results, defaults and inheritance, as in 0.3.1."""

import pytest

import atomos.atomic
from atomos.atom import ARef, Atom

from .kinds import KINDS, NUMBERS, TYPED

by_kind = pytest.mark.parametrize("kind", KINDS, ids=str)
by_number = pytest.mark.parametrize("kind", NUMBERS, ids=str)


@by_kind
def test_without_a_value_the_default_is_held(kind):
    assert kind.make().get() == kind.default
    assert type(kind.make().get()) is type(kind.default)


@by_kind
def test_the_value_is_given_by_position_or_by_keyword(kind):
    assert kind.make(kind.one).get() == kind.one
    assert kind.make(value=kind.one).get() == kind.one


@by_kind
def test_set_returns_its_argument(kind):
    ref = kind.make(kind.one)

    assert ref.set(kind.other) == kind.other
    assert ref.get() == kind.other
    assert ref.set(value=kind.one) == kind.one
    assert ref.get() == kind.one


@by_kind
def test_get_and_set_returns_the_old_value(kind):
    ref = kind.make(kind.one)

    assert ref.get_and_set(kind.other) == kind.one
    assert ref.get_and_set(value=kind.one) == kind.other
    assert ref.get() == kind.one


@by_kind
def test_compare_and_set_tells_by_a_bool_whether_it_set(kind):
    ref = kind.make(kind.one)

    assert ref.compare_and_set(kind.one, kind.other) is True
    assert ref.get() == kind.other
    assert ref.compare_and_set(expect=kind.one, update=kind.one) is False
    assert ref.get() == kind.other
    assert ref.compare_and_set(update=kind.one, expect=kind.other) is True
    assert ref.get() == kind.one


@by_number
def test_additions_and_subtractions_return_the_new_or_the_old_value(kind):
    number = kind.make(kind.one)
    start = kind.one

    assert number.add_and_get(2) == start + 2
    assert number.add_and_get(delta=2) == start + 4
    assert number.get_and_add(2) == start + 4
    assert number.get_and_add(delta=2) == start + 6
    assert number.subtract_and_get(3) == start + 5
    assert number.subtract_and_get(delta=3) == start + 2
    assert number.get_and_subtract(1) == start + 2
    assert number.get_and_subtract(delta=1) == start + 1
    assert number.get() == start


def test_aref_members_return_none_and_take_keywords():
    def fn(key, ref, old, new):
        heard.append((key, ref, old, new))

    heard = []
    ref = ARef()

    assert ref.get_watches() == {}
    assert ref.add_watch("a", fn) is None
    assert ref.add_watch(key="b", fn=fn) is None
    assert ref.get_watches() == {"a": fn, "b": fn}
    assert ref.remove_watch("a") is None
    assert ref.remove_watch(key="a") is None
    assert ref.notify_watches(1, 2) is None
    assert ref.notify_watches(oldval=3, newval=4) is None
    assert heard == [("b", ref, 1, 2), ("b", ref, 3, 4)]


def test_atom_members_return_what_they_did_and_take_keywords():
    atom = Atom(state=1)

    assert Atom(1).deref() == 1
    assert atom.deref() == 1
    assert atom.swap(lambda n: n + 1) == 2
    assert atom.swap(lambda n, a, *, b: n + a + b, 10, b=100) == 112
    assert atom.compare_and_set(112, 5) is True
    assert atom.compare_and_set(oldval=112, newval=6) is False
    assert atom.compare_and_set(newval=6, oldval=5) is True
    assert atom.deref() == 6


def test_reset_returns_the_new_value():
    atom = Atom(1)

    assert atom.reset(7) == 7
    assert atom.reset(newval=8) == 8
    assert atom.deref() == 8


def test_an_atom_needs_a_state():
    with pytest.raises(TypeError):
        Atom()


def test_fn_is_a_keyword_of_swap_itself():
    atom = Atom(1)

    assert atom.swap(fn=lambda n: n + 1) == 2
    assert atom.swap(fn=lambda n, by: n + by, by=3) == 5
    with pytest.raises(TypeError):
        atom.swap(lambda n, fn: n, fn=1)
    assert atom.deref() == 5


@by_kind
@pytest.mark.parametrize(
    "call",
    [
        lambda ref: ref.get(1),
        lambda ref: ref.set(),
        lambda ref: ref.set(1, 2),
        lambda ref: ref.set(newval=1),
        lambda ref: ref.set(1, value=1),
        lambda ref: ref.get_and_set(),
        lambda ref: ref.compare_and_set(1),
        lambda ref: ref.compare_and_set(1, 2, 3),
        lambda ref: ref.compare_and_set(1, expect=2),
        lambda ref: ref.compare_and_set(expect=1, other=2),
    ],
)
def test_wrong_arguments_are_type_errors_and_change_nothing(kind, call):
    ref = kind.make(kind.one)

    with pytest.raises(TypeError):
        call(ref)

    assert ref.get() == kind.one


@by_kind
def test_too_many_or_unknown_arguments_make_no_object(kind):
    with pytest.raises(TypeError):
        kind.make(kind.one, kind.other)
    with pytest.raises(TypeError):
        kind.make(state=kind.one)


def test_classes_derive_from_each_other_as_they_did():
    module = atomos.atomic

    assert issubclass(module.AtomicBoolean, module.AtomicReference)
    assert issubclass(module.AtomicNumber, module.AtomicReference)
    for name in ("AtomicInteger", "AtomicLong", "AtomicFloat"):
        assert issubclass(getattr(module, name), module.AtomicNumber)
    assert issubclass(Atom, ARef)
    assert not issubclass(ARef, module.AtomicReference)


@pytest.mark.parametrize("kind", TYPED, ids=str)
def test_integer_and_long_and_float_are_classes_of_their_own(kind):
    others = [other.make for other in TYPED if other is not kind]

    assert not any(issubclass(kind.make, other) for other in others)
