"""A reference of the process scope holds any picklable value, and gives fresh copies."""

import datetime
import decimal
import fractions
import inspect
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import atomos
from atomos.multiprocessing.atomic import AtomicReference

from .values import Equal

VALUES = [
    None,
    True,
    2**200,
    -0.0,
    "text \ud800",
    b"\0" * 100,
    (1, [2, {"three": {4}}]),
    frozenset({1, 2}),
    decimal.Decimal("1.10"),
    fractions.Fraction(1, 3),
    datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.timezone.utc),
    range(5),
    len,
    dict,
    Equal("x"),
]

anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary()
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=30,
)


def test_the_process_reference_is_a_class():
    """Repaired: in 0.3.1 it was a method of a server's proxy."""

    class Derived(AtomicReference):
        pass

    assert inspect.isclass(AtomicReference)
    assert isinstance(Derived(1), AtomicReference)
    assert isinstance(AtomicReference(), AtomicReference)
    assert AtomicReference[int] is not None


@pytest.mark.usefixtures("folder")
def test_a_look_after_a_look_sees_what_another_object_has_put_there_meanwhile():
    # What was seen last is kept as long as its version stands; its block soon has another.
    one = AtomicReference(0, region="shop", name="news")
    other = AtomicReference(0, region="shop", name="news")
    for n in range(3000):
        assert one.get() == one.get() == n
        other.set(n + 1 if n % 7 else "x" * 2000)  # too long to be kept
        if n % 7 == 0:
            assert one.get() == one.get() == "x" * 2000
            other.set(n + 1)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_any_picklable_value_can_stand(value):
    reference = AtomicReference()
    assert reference.get() is None

    assert reference.set(value) is value
    assert reference.get() == value
    assert type(reference.get()) is type(value)
    assert reference.get_and_set(1) == value


@given(values=st.lists(anything, min_size=1, max_size=6))
def test_what_was_set_is_what_is_read(values):
    reference = AtomicReference(values[0])

    for value in values:
        before = reference.get()
        assert reference.get_and_set(value) == before
        assert reference.get() == value
        assert reference.compare_and_set(value, values[-1])


def test_every_get_is_a_fresh_copy():
    original = {"list": [1]}
    reference = AtomicReference(original)

    first, second = reference.get(), reference.get()
    first["list"].append(2)
    original["list"].append(3)

    assert second is not first
    assert second == reference.get() == {"list": [1]}


def test_methods_return_what_their_thread_twins_return():
    reference = AtomicReference([1])

    assert reference.update_and_get(lambda v: [*v, 2]) == [1, 2]
    assert reference.get_and_update(lambda v: [*v, 3]) == [1, 2]
    assert reference.accumulate_and_get(4, lambda v, x: [*v, x]) == [1, 2, 3, 4]
    assert reference.get_and_accumulate(x=5, fn=lambda v, x: [x]) == [1, 2, 3, 4]
    assert reference.try_update(lambda v: atomos.UNCHANGED) == (False, [5])
    assert reference.try_update(fn=lambda v: []) == (True, [])
    assert reference.compare_and_exchange([1], [2]) == (False, [])
    assert reference.compare_and_exchange([], [2]) == (True, [2])
    assert reference.compare_and_set(expect=[2], update=3)
    assert reference.notify_one() is None
    assert reference.notify_all() is None


def test_none_is_a_value_like_others():
    reference = AtomicReference(None)

    assert reference.compare_and_set(None, 1)
    assert reference.compare_and_set(1, None)
    assert reference.get() is None


def test_a_comparison_is_by_equality_with_the_current_value_on_the_left():
    reference = AtomicReference(1)

    assert reference.compare_and_set(1.0, True)
    assert reference.compare_and_set(1, "one")
    assert not reference.compare_and_set("two", 2)
    assert reference.compare_and_set("one", 1)


def test_a_nan_is_replaced_without_being_compared():
    """Repaired: a loop that compares values never ends on a NaN."""
    reference = AtomicReference(math.nan)

    assert reference.update_and_get(lambda v: 1.0 if math.isnan(v) else None) == 1.0


def test_values_grow_to_a_mebibyte_and_shrink_again():
    reference = AtomicReference("")
    size = 1

    while size <= 2**20:
        value = "é" * (size // 2)
        reference.set(value)
        assert reference.get() == value
        size *= 2
    big = bytes(range(256)) * 4096
    for _ in range(20):
        assert reference.set(big) is big
    assert reference.get_and_set(0) == big
    assert reference.get() == 0


def test_a_function_that_raises_has_changed_nothing():
    reference = AtomicReference([1])

    for change in (reference.update_and_get, reference.get_and_update, reference.try_update):
        with pytest.raises(ZeroDivisionError):
            change(lambda v: 1 / 0)

    assert reference.get() == [1]


def test_a_function_that_changes_its_copy_in_place_and_returns_it_is_one_change():
    """Repaired: in 0.3.1 the comparison after it never held, and the loop never ended."""
    reference = AtomicReference({"n": 0})

    def count(state):
        state["n"] += 1
        return state

    assert reference.update_and_get(count) == {"n": 1}
    assert reference.get_and_update(count) == {"n": 1}
    assert reference.get() == {"n": 2}


def test_wait_returns_a_value_that_stands():
    reference = AtomicReference([1])

    assert reference.wait([2]) == [1]
    assert reference.wait_for("old", 10) == [1]
