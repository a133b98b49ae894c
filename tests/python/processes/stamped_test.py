"""References with a stamp or a mark, between processes: both are seen and replaced together."""

import math

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import atomos
from atomos.multiprocessing import Region
from atomos.multiprocessing.atomic import AtomicMarkableReference, AtomicStampedReference

from .children import METHODS, together
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

KINDS = {
    "stamped": (AtomicStampedReference, 0, 1, AtomicStampedReference.attempt_stamp),
    "marked": (AtomicMarkableReference, False, True, AtomicMarkableReference.attempt_mark),
}
by_kind = pytest.mark.parametrize(("make", "low", "high", "attempt"), KINDS.values(), ids=KINDS)
each_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture(autouse=True)
def no_hooks():
    hooks.clear()
    yield
    hooks.clear()


@by_kind
def test_what_was_put_in_is_seen_together_and_apart(make, low, high, attempt):
    ref = make(["value"], high)

    assert ref.get() == (["value"], high)
    assert ref.get_reference() == ["value"]
    assert (ref.is_marked() if low is False else ref.get_stamp()) is high
    ref.get_reference().append("changed")
    assert ref.get_reference() == ["value"]


def test_arguments_have_javas_names():
    stamp = AtomicStampedReference(initial_reference="a", initial_stamp=0)
    mark = AtomicMarkableReference(initial_reference="a", initial_mark=False)

    assert stamp.compare_and_set(
        expected_reference="a", new_reference="b", expected_stamp=0, new_stamp=1
    )
    assert stamp.attempt_stamp(expected_reference="b", new_stamp=2)
    stamp.set(new_reference="c", new_stamp=3)
    assert stamp.get() == ("c", 3)
    assert mark.compare_and_set(
        expected_reference="a", new_reference="b", expected_mark=False, new_mark=True
    )
    assert mark.attempt_mark(expected_reference="b", new_mark=False)
    mark.set(new_reference="c", new_mark=True)
    assert mark.get() == ("c", True)


@by_kind
def test_both_have_to_be_the_expected_ones(make, low, high, attempt):
    ref = make("a", low)

    assert ref.compare_and_set("b", "c", low, high) is False
    assert ref.compare_and_set("a", "c", high, high) is False
    assert attempt(ref, "b", high) is False
    assert ref.get() == ("a", low)
    assert ref.compare_and_set("a", "c", low, high) is True
    assert ref.get() == ("c", high)


@by_kind
@pytest.mark.parametrize("value", [Plain, EqNever, EqRaises, ArrayLike, lambda n: math.nan])
def test_what_was_read_is_the_same_reference_whatever_its_eq_says(make, low, high, attempt, value):
    ref = make(value(1), low)
    seen = ref.get_reference()

    assert attempt(ref, seen, high) is True
    assert ref.compare_and_set(seen, "new", high, low) is True
    assert ref.get() == ("new", low)


def test_an_object_without_eq_matches_beside_a_stamp_that_is_equal_and_not_the_same():
    ref = AtomicStampedReference(Plain("x"), 1)

    assert ref.compare_and_set(ref.get_reference(), "new", True, 2) is True


@by_kind
@pytest.mark.parametrize("value", [EqRaises, ArrayLike])
def test_an_equality_that_raises_passes_its_exception_and_nothing_changes(
    make, low, high, attempt, value
):
    ref = make(value(1), low)

    with pytest.raises(Boom):
        ref.compare_and_set("other", "new", low, high)
    with pytest.raises(Boom):
        attempt(ref, "other", high)

    assert ref.get()[1] is low
    assert ref.get_reference().tag == 1


@by_kind
def test_an_equal_reference_that_comes_in_between_is_compared_again(make, low, high, attempt):
    ref = make(Hooked("same"), low)
    hooks["eq"] = lambda: ref.set(Hooked("same"), low)

    assert ref.compare_and_set(Hooked("same"), "new", low, high) is True
    assert ref.get() == ("new", high)


@by_kind
def test_another_one_that_comes_in_between_is_not_replaced(make, low, high, attempt):
    ref = make(Hooked("same"), low)
    hooks["eq"] = lambda: ref.set("inner", low)

    assert ref.compare_and_set(Hooked("same"), "new", low, high) is False
    assert ref.get() == ("inner", low)


@by_kind
def test_an_attempt_keeps_the_reference_that_stands(make, low, high, attempt):
    ref = make(Hooked("same"), low)
    second = Hooked("same")
    hooks["eq"] = lambda: ref.set(second, low)

    assert attempt(ref, Hooked("same"), high) is True
    assert ref.get_reference().noise == second.noise
    assert ref.get()[1] is high


def test_a_stamp_is_read_without_its_reference():
    ref = AtomicStampedReference("a", 1)
    ref.set(Unloadable(), 2)

    with pytest.raises(Boom):
        ref.get()
    assert ref.get_stamp() == 2
    ref.set("b", 3)
    assert ref.get() == ("b", 3)


@by_kind
def test_a_reference_that_cannot_be_pickled_changes_nothing(folder, make, low, high, attempt):
    ref = make("a", low)
    shop = Region.create("shop")

    for change in (
        lambda: ref.set(Unpicklable(), high),
        lambda: ref.compare_and_set("a", Unpicklable(), low, high),
        lambda: make(Unpicklable(), low, region=shop, name="v"),
    ):
        with pytest.raises(Boom):
            change()

    assert ref.get() == ("a", low)
    assert shop.variables() == []


@pytest.mark.parametrize(
    ("kind", "bad", "message"),
    [
        ("stamped", "1", "the stamp of AtomicStampedReference has to be an int, not str"),
        ("stamped", 1.0, "the stamp of AtomicStampedReference has to be an int, not float"),
        ("marked", 1, "the mark of AtomicMarkableReference has to be a bool, not int"),
        ("marked", None, "the mark of AtomicMarkableReference has to be a bool, not NoneType"),
    ],
)
def test_what_is_no_stamp_or_mark_is_a_type_error_that_says_so_and_nothing_changes(
    kind, bad, message
):
    make, low, _, attempt = KINDS[kind]
    ref = make("a", low)

    for change in (
        lambda: make("a", bad),
        lambda: ref.set("b", bad),
        lambda: ref.compare_and_set("a", "b", low, bad),
        lambda: attempt(ref, "a", bad),
    ):
        with pytest.raises(TypeError) as caught:
            change()
        assert str(caught.value) == message

    assert ref.get() == ("a", low)


def test_a_stamp_has_no_bounds():
    ref = AtomicStampedReference("a", 2**80)

    assert ref.compare_and_set("a", "a", 2**80, -(2**80)) is True
    assert ref.get_stamp() == -(2**80)


def test_stamped_markable_and_plain_references_are_three_types(folder):
    AtomicStampedReference("a", 0, region="r", name="v")

    with pytest.raises(atomos.Mismatch, match="stamped<pickle>.*markable<pickle>"):
        AtomicMarkableReference("a", False, region="r", name="v")


def count(ref, rounds):
    for _ in range(rounds):
        while True:
            seen, stamp = ref.get()
            assert seen == [stamp]
            if ref.compare_and_set(seen, [stamp + 1], stamp, stamp + 1):
                break


@each_method
def test_no_process_sees_one_changes_reference_with_anothers_stamp_and_none_is_lost(method):
    ref = AtomicStampedReference([0], 0)

    together(method, *[(count, ref, 400)] * 3)

    assert ref.get() == ([1200], 1200)


def mark_each(refs):
    return [ref.compare_and_set("free", "taken", False, True) for ref in refs]


@each_method
def test_of_rivals_that_saw_the_same_pair_exactly_one_wins(method):
    refs = [AtomicMarkableReference("free", False) for _ in range(100)]

    won = together(method, *[(mark_each, refs)] * 3)

    assert [sum(each) for each in zip(*won, strict=True)] == [1] * 100
    assert {ref.get() for ref in refs} == {("taken", True)}


references = st.one_of(st.integers(-1, 1), st.text(max_size=2), st.lists(st.booleans(), max_size=2))
stamps = st.integers(-1, 1)


class Stamped(RuleBasedStateMachine):
    """An AtomicStampedReference beside a pair."""

    @initialize(reference=references, stamp=stamps)
    def begin(self, reference, stamp):
        self.ref = AtomicStampedReference(reference, stamp)
        self.model = reference, stamp

    @rule(reference=references, stamp=stamps)
    def set(self, reference, stamp):
        self.ref.set(reference, stamp)
        self.model = reference, stamp

    @rule(expect=references, new=references, expect_stamp=stamps, stamp=stamps)
    def compare_and_set(self, expect, new, expect_stamp, stamp):
        won = self.model == (expect, expect_stamp)
        assert self.ref.compare_and_set(expect, new, expect_stamp, stamp) is won
        if won:
            self.model = new, stamp

    @rule(expect=references, stamp=stamps)
    def attempt_stamp(self, expect, stamp):
        won = self.model[0] == expect
        assert self.ref.attempt_stamp(expect, stamp) is won
        if won:
            self.model = self.model[0], stamp

    @invariant()
    def stands(self):
        if hasattr(self, "ref"):
            assert self.ref.get() == (self.ref.get_reference(), self.ref.get_stamp()) == self.model


TestStamped = Stamped.TestCase
