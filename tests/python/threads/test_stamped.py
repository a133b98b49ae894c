"""References with a stamp or a mark: both are seen, compared and replaced together."""

import copy
import math
import pickle
import sys

import pytest

from atomos.atomic import AtomicMarkableReference, AtomicStampedReference

from .misbehaving import ArrayLike, Boom, EqNever, EqRaises, Hooked, once
from .together import together


def stamped(reference, beside=0):
    return AtomicStampedReference(reference, beside)


def marked(reference, beside=False):
    return AtomicMarkableReference(reference, beside)


KINDS = {
    "stamped": (stamped, 0, 1, AtomicStampedReference.attempt_stamp),
    "marked": (marked, False, True, AtomicMarkableReference.attempt_mark),
}
by_kind = pytest.mark.parametrize(("make", "low", "high", "attempt"), KINDS.values(), ids=KINDS)


@by_kind
def test_what_was_put_in_is_seen_together_and_apart(make, low, high, attempt):
    value = ["value"]
    ref = make(value, high)

    assert ref.get() == (value, high)
    assert ref.get_reference() is value
    assert (ref.is_marked() if attempt is KINDS["marked"][3] else ref.get_stamp()) is high


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
    assert ref.get() == ("a", low)
    assert ref.compare_and_set("a", "c", low, high) is True
    assert ref.get() == ("c", high)


@by_kind
def test_an_equal_reference_matches(make, low, high, attempt):
    ref = make([1, 2], low)

    assert ref.compare_and_set([1, 2], "new", low, high) is True
    assert ref.get() == ("new", high)


@by_kind
@pytest.mark.parametrize("value", [math.nan, EqRaises(), EqNever(), ArrayLike()], ids=type)
def test_the_identical_reference_matches_whatever_its_equality_says(
    make, low, high, attempt, value
):
    ref = make(value, low)

    assert attempt(ref, value, high) is True
    assert ref.compare_and_set(value, "new", high, low) is True
    assert ref.get() == ("new", low)


@by_kind
def test_an_equality_that_raises_passes_its_exception_and_nothing_changes(make, low, high, attempt):
    value = EqRaises()
    ref = make(value, low)

    with pytest.raises(Boom):
        ref.compare_and_set("other", "new", low, high)
    with pytest.raises(Boom):
        attempt(ref, "other", high)

    assert ref.get() == (value, low)


@by_kind
def test_the_current_reference_stands_on_the_left(make, low, high, attempt):
    class Asked:
        def __eq__(self, other):
            asked.append((self, other))
            return False

    asked = []
    current, expected = Asked(), Asked()

    make(current, low).compare_and_set(expected, "new", low, high)
    attempt(make(current, low), expected, high)

    assert [(left is current, right is expected) for left, right in asked] == [(True, True)] * 2


@by_kind
def test_an_equal_reference_that_comes_in_between_is_compared_again(make, low, high, attempt):
    first, second = Hooked("same", lambda: None), Hooked("same", lambda: None)
    first.hook = once(lambda: ref.set(second, low))
    ref = make(first, low)

    assert ref.compare_and_set(Hooked("same", lambda: None), "new", low, high) is True
    assert ref.get() == ("new", high)


@by_kind
def test_an_attempt_keeps_the_reference_that_stands(make, low, high, attempt):
    first, second = Hooked("same", lambda: None), Hooked("same", lambda: None)
    first.hook = once(lambda: ref.set(second, low))
    ref = make(first, low)

    assert attempt(ref, Hooked("same", lambda: None), high) is True
    assert ref.get_reference() is second
    assert ref.get()[1] is high
    assert attempt(ref, "other", low) is False
    assert ref.get()[1] is high


@pytest.mark.parametrize(
    ("make", "bad", "message"),
    [
        (stamped, "1", "the stamp of AtomicStampedReference has to be an int, not str"),
        (stamped, 1.0, "the stamp of AtomicStampedReference has to be an int, not float"),
        (marked, 1, "the mark of AtomicMarkableReference has to be a bool, not int"),
        (marked, None, "the mark of AtomicMarkableReference has to be a bool, not NoneType"),
    ],
)
def test_what_is_no_stamp_or_mark_is_a_type_error_that_says_so_and_nothing_changes(
    make, bad, message
):
    ref = make("a")
    _, beside = ref.get()
    attempt = getattr(ref, "attempt_stamp", None) or ref.attempt_mark

    for change in (
        lambda: make("a", bad),
        lambda: ref.set("b", bad),
        lambda: ref.compare_and_set("a", "b", beside, bad),
        lambda: attempt("a", bad),
    ):
        with pytest.raises(TypeError) as caught:
            change()
        assert str(caught.value) == message

    assert ref.get() == ("a", beside)


def test_an_expected_stamp_is_compared_with_anything_by_equality():
    ref = stamped("a", 1)

    assert ref.compare_and_set("a", "b", "1", 2) is False
    assert ref.compare_and_set("a", "b", 1.0, 2) is True


def test_a_stamp_has_no_bounds():
    ref = stamped("a", 2**80)

    assert ref.compare_and_set("a", "a", 2**80, -(2**80)) is True
    assert ref.get_stamp() == -(2**80)


@by_kind
def test_repr_shows_class_reference_and_what_stands_beside_it(make, low, high, attempt):
    ref = make("état", high)

    name = type(ref).__name__
    assert repr(ref) == f"<atomos.atomic.{name}(état, {high}) object at {hex(id(ref))}>"


@by_kind
@pytest.mark.parametrize("copying", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_copy_is_refused(make, low, high, attempt, copying):
    with pytest.raises(TypeError, match="threads share it"):
        copying(make("a", low))


def test_of_rivals_that_saw_the_same_pair_exactly_one_wins():
    for _ in range(100):
        ref = stamped("same", 0)

        won = together(*(lambda: ref.compare_and_set("same", "same", 0, 1),) * 4)  # noqa: B023

        assert sum(won) == 1
        assert ref.get() == ("same", 1)


def test_no_look_sees_one_changes_reference_with_anothers_stamp():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    ref = stamped("0", 0)
    left = list(range(3))

    def write():
        for _ in range(3_000):
            while True:
                seen, stamp = ref.get()
                if ref.compare_and_set(seen, str(stamp + 1), stamp, stamp + 1):
                    break
        left.pop()

    def look():
        torn = []
        while left:
            seen, stamp = ref.get()
            if seen != str(stamp):
                torn.append((seen, stamp))
        return torn

    try:
        *_, torn = together(write, write, write, look)
    finally:
        sys.setswitchinterval(interval)

    assert torn == []
    assert ref.get() == ("9000", 9000)
