"""Comparison: the identical object, or `current == expect`; with nothing locked, never falsely."""

import math

import pytest

from atomos.atom import Atom
from atomos.atomic import AtomicFloat, AtomicInteger, AtomicNumber, AtomicReference

from .misbehaving import ArrayLike, Boom, EqNever, EqRaises, Hooked, NoTruth, once

HOLDERS = {
    "AtomicReference": (AtomicReference, AtomicReference.get, AtomicReference.set),
    "AtomicNumber": (AtomicNumber, AtomicNumber.get, AtomicNumber.set),
    "Atom": (Atom, Atom.deref, Atom.reset),
}
by_holder = pytest.mark.parametrize(("make", "get", "put"), HOLDERS.values(), ids=HOLDERS)


@by_holder
def test_an_equal_value_matches(make, get, put):
    holder = make([1, 2])

    assert holder.compare_and_set([1, 2], "new") is True
    assert holder.compare_and_set("other", "newer") is False
    assert get(holder) == "new"


@by_holder
@pytest.mark.parametrize("value", [math.nan, EqRaises(), EqNever(), ArrayLike()], ids=type)
def test_the_identical_object_matches_whatever_its_equality_says(make, get, put, value):
    holder = make(value)

    assert holder.compare_and_set(value, "new") is True
    assert get(holder) == "new"


@by_holder
def test_an_equality_that_never_holds_matches_nothing_else(make, get, put):
    value = EqNever()
    holder = make(value)

    assert holder.compare_and_set(EqNever(), "new") is False
    attempt = holder.compare_and_exchange(EqNever(), "new")
    assert attempt.won is False
    assert attempt.now is value
    assert get(holder) is value


@by_holder
def test_an_equality_that_raises_passes_its_exception_and_nothing_changes(make, get, put):
    value = EqRaises()
    holder = make(value)

    with pytest.raises(Boom):
        holder.compare_and_set("other", "new")
    with pytest.raises(Boom):
        holder.compare_and_exchange("other", "new")

    assert get(holder) is value


@by_holder
def test_an_equality_without_truth_value_passes_its_exception_and_nothing_changes(make, get, put):
    value = ArrayLike()
    holder = make(value)

    with pytest.raises(ValueError, match="ambiguous"):
        holder.compare_and_set(ArrayLike(), "new")

    assert get(holder) is value


@by_holder
def test_the_current_value_stands_on_the_left(make, get, put):
    class Asked:
        def __eq__(self, other):
            asked.append((self, other))
            return False

    asked = []
    current, expect = Asked(), Asked()

    assert make(current).compare_and_set(expect, 1) is False
    assert len(asked) == 1
    assert asked[0][0] is current
    assert asked[0][1] is expect


@by_holder
@pytest.mark.parametrize(
    ("result", "matches"), [("yes", True), ([1], True), ("", False), (0, False)]
)
def test_any_true_result_counts(make, get, put, result, matches):
    class Value:
        def __eq__(self, other):
            return result

    assert make(Value()).compare_and_set("anything", 1) is matches


@by_holder
def test_what_the_right_side_says_counts_where_the_left_has_no_opinion(make, get, put):
    class Right:
        def __eq__(self, other):
            return True

    assert make(object()).compare_and_set(Right(), "new") is True


@pytest.mark.parametrize("make", [AtomicInteger, AtomicFloat])
def test_numbers_are_compared_with_anything_by_equality(make):
    one = make(make().get() + 1)
    new = one.get() + 1

    assert one.compare_and_set("1", new) is False
    assert one.compare_and_set(None, new) is False
    assert one.compare_and_set(1.5, new) is False
    assert one.compare_and_set(True, new) is True
    assert one.compare_and_set(2.0, new) is True
    assert one.compare_and_set(2, new) is True


@by_holder
def test_a_value_swapped_by_the_comparison_is_compared_again(make, get, put):
    first, second = Hooked("same", lambda: None), Hooked("same", lambda: None)
    first.hook = once(lambda: put(holder, second))
    holder = make(first)

    won = holder.compare_and_set(Hooked("same", lambda: None), "new")

    assert won is True
    assert get(holder) == "new"


@by_holder
def test_a_match_that_was_replaced_meanwhile_is_not_reported(make, get, put):
    first = Hooked("same", lambda: None)
    first.hook = once(lambda: put(holder, "another"))
    holder = make(first)

    won = holder.compare_and_set(Hooked("same", lambda: None), "new")

    assert won is False
    assert get(holder) == "another"


@by_holder
def test_the_exchange_that_lost_tells_what_stands_now(make, get, put):
    first = Hooked("same", lambda: None)
    first.hook = once(lambda: put(holder, "another"))
    holder = make(first)

    assert holder.compare_and_exchange(Hooked("same", lambda: None), "new") == (False, "another")
    assert holder.compare_and_exchange("another", "new") == (True, "new")
    assert holder.compare_and_exchange("another", "newer") == (False, "new")


@by_holder
def test_a_comparison_lost_many_times_to_equal_values_ends_and_is_told_truly(make, get, put):
    left = list(range(50))

    def replace():
        if left:
            put(holder, Hooked(("same", left.pop() * 0), replace))

    holder = make(Hooked(("same", 0), replace))

    won = holder.compare_and_set(Hooked(("same", 0), lambda: None), "new")

    assert (won, get(holder), left) == (True, "new", [])


@by_holder
def test_a_comparison_may_use_every_member_of_what_it_compares(make, get, put):
    def use():
        get(holder)
        repr(holder)
        holder.compare_and_set("nothing", "else")
        seen.append(get(holder))

    seen = []
    value = Hooked("tag", once(use))
    holder = make(value)

    assert holder.compare_and_set("other", "new") is False
    assert seen == [value]


@by_holder
def test_the_truth_of_a_result_is_asked_with_nothing_locked(make, get, put):
    class Truth:
        def __bool__(self):
            put(holder, "meanwhile")
            return True

    class Value:
        def __eq__(self, other):
            return Truth()

    holder = make(Value())

    assert holder.compare_and_set("expected", "new") is False
    assert get(holder) == "meanwhile"


def test_a_result_whose_truth_raises_changes_nothing():
    class Value:
        def __eq__(self, other):
            return NoTruth()

    ref = AtomicReference(Value())

    with pytest.raises(ValueError, match="ambiguous"):
        ref.compare_and_set(1, 2)


@pytest.mark.parametrize("value", [math.nan, EqRaises(), EqNever(), ArrayLike()], ids=type)
def test_swap_never_compares_values_so_it_ends(value):
    atom = Atom(value)

    assert atom.swap(lambda _: value) is value
    assert atom.swap(lambda _: "new") == "new"
    assert atom.reset(value) is value
    old, new = atom.swap_vals(lambda _: 1)
    assert old is value
    assert new == 1


@pytest.mark.parametrize("value", [math.nan, EqRaises(), EqNever(), ArrayLike()], ids=type)
def test_updates_never_compare_values_so_they_end(value):
    ref = AtomicReference(value)

    assert ref.update_and_get(lambda _: value) is value
    assert ref.get_and_update(lambda _: "new") is value
    assert ref.get_and_set(value) == "new"
    assert ref.accumulate_and_get(value, lambda _, x: x) is value
    assert ref.get() is value
