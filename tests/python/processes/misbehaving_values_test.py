"""Values that raise, lie or come back while they are pickled, unpickled or compared."""

import pickle

import pytest

import atomos
from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import AtomicReference

from .values import (
    ArrayLike,
    Boom,
    EqNever,
    EqRaises,
    Hooked,
    Plain,
    Unloadable,
    Unpicklable,
    hooks,
)


@pytest.fixture(params=[AtomicReference, Atom])
def place(request):
    """A reference or an atom that holds "before", under a reference's names."""
    return Named(request.param("before"))


class Named:
    """The names that a reference and an atom have for the same."""

    def __init__(self, made):
        self.made = made
        atom = isinstance(made, Atom)
        self.get = made.deref if atom else made.get
        self.set = made.reset if atom else made.set
        self.update = made.swap if atom else made.update_and_get
        self.compare_and_set = made.compare_and_set
        self.compare_and_exchange = made.compare_and_exchange


@pytest.fixture(autouse=True)
def no_hooks():
    hooks.clear()
    yield
    hooks.clear()


@pytest.mark.parametrize(
    "value", [lambda: None, Unpicklable(), [1, Unpicklable()], (x for x in "x")], ids=repr
)
def test_the_exception_of_an_unpicklable_value_passes_and_nothing_changes(place, value):
    changes = [
        lambda: place.set(value),
        lambda: place.update(lambda _: value),
        lambda: place.compare_and_set("before", value),
        lambda: place.compare_and_exchange("before", value),
        lambda: type(place.made)(value),
    ]

    for change in changes:
        with pytest.raises((Boom, TypeError, AttributeError, pickle.PicklingError)):
            change()
        assert place.get() == "before"


def test_a_value_that_cannot_be_read_can_be_replaced(place):
    place.set(Unloadable())

    with pytest.raises(Boom):
        place.get()
    with pytest.raises(Boom):
        place.update(lambda v: v)
    with pytest.raises(Boom):
        place.get()
    place.set("after")

    assert place.get() == "after"


def test_a_value_that_changes_the_same_place_while_it_is_pickled_comes_after_it(place):
    seen = []
    hooks["getstate"] = lambda: seen.append(place.set("inner"))

    place.set(Hooked("outer"))

    assert seen == ["inner"]
    assert place.get() == Hooked("outer")


def test_an_update_whose_result_changes_the_place_while_it_is_pickled_is_run_again(place):
    runs = []

    def update(value):
        runs.append(value)
        if len(runs) == 1:
            hooks["getstate"] = lambda: place.set("inner")
        return Hooked(len(runs))

    assert place.update(update) == Hooked(2)
    assert runs == ["before", "inner"]
    assert place.get() == Hooked(2)


def test_a_value_that_changes_the_same_place_while_it_is_unpickled_is_still_read_whole(place):
    place.set(Hooked("outer"))
    hooks["setstate"] = lambda: place.set("inner")

    assert place.get() == Hooked("outer")
    assert place.get() == "inner"


def test_a_comparison_that_was_lost_inside_of_eq_is_repeated():
    """Repaired: a lost equality comparison was reported as unequal."""
    place = AtomicReference(Hooked("a"))
    hooks["eq"] = lambda: place.set(Hooked("a"))

    assert place.compare_and_set(Hooked("a"), "won")
    assert place.get() == "won"


def test_a_comparison_whose_eq_changes_the_place_to_something_else_is_lost():
    place = AtomicReference(Hooked("a"))
    hooks["eq"] = lambda: place.set("inner")

    assert place.compare_and_exchange(Hooked("a"), "won") == atomos.Attempt(False, "inner")
    assert place.get() == "inner"


@pytest.mark.parametrize("kind", [EqRaises, ArrayLike])
def test_an_exception_of_eq_passes_and_nothing_changes(place, kind):
    place.set(kind("x"))

    with pytest.raises(Boom):
        place.compare_and_set(kind("y"), "after")

    assert type(place.get()) is kind


@pytest.mark.parametrize("kind", [Plain, EqNever, EqRaises, ArrayLike])
def test_values_without_a_usable_eq_can_be_replaced(place, kind):
    """Repaired: swap compared values, so that it ran for ever on these."""
    place.set(kind(1))

    assert place.update(lambda v: kind(v.tag + 1)).tag == 2
    assert place.update(lambda v: v).tag == 2
    assert place.get().tag == 2


@pytest.mark.parametrize("kind", [Plain, EqNever, EqRaises, ArrayLike])
def test_what_was_read_is_the_same_value_whatever_its_eq_says(place, kind):
    """Repaired: a fresh copy is never the same object; its pickle stands for it."""
    place.set(kind(1))
    seen = place.get()
    place.set(kind(1))

    assert place.compare_and_set(seen, kind(2))
    assert place.get().tag == 2


@pytest.mark.parametrize("kind", [Plain, EqNever])
def test_other_values_than_what_stands_go_by_eq(place, kind):
    place.set(kind(1))

    assert not place.compare_and_set(kind(2), "after")
    place.set(Hooked(1))
    assert place.compare_and_set(Hooked(1), "after")


def test_nan_matches_nan(place):
    place.set([float("nan")])

    assert place.compare_and_set([float("nan")], float("nan"))
    assert place.compare_and_set(float("nan"), "after")


def test_a_function_may_read_and_change_the_place_that_it_is_called_for(place):
    def update(value):
        if value == "before":
            assert place.get() == "before"
            assert place.update(str.upper) == "BEFORE"
        return place.get() + "!"

    assert place.update(update) == "BEFORE!"


def test_a_place_can_hold_itself(place):
    place.set([place.made])

    (inner,) = place.get()
    Named(inner).set("through the inner one")

    assert place.get() == "through the inner one"
