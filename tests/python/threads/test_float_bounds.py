"""try_add and add_clamped of AtomicFloat: bounds, NaN, infinities, and what counts as a bound."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomos.atomic import AtomicFloat, AtomicFloatArray

from .together import together

NAN, INF = math.nan, math.inf
BIG = 1.7976931348623157e308
NUMBERS = st.one_of(
    st.floats(),
    st.sampled_from([0.0, -0.0, NAN, INF, -INF, BIG, -BIG, 1.5]),
    st.integers(-3, 3),
)


def overflows(value, delta, total):
    return math.isinf(total) and math.isfinite(value) and math.isfinite(delta)


@given(value=st.floats(), delta=NUMBERS, lo=NUMBERS, hi=NUMBERS)
def test_try_add_adds_where_the_sum_is_a_number_within_the_bounds(value, delta, lo, hi):
    number, total = AtomicFloat(value), value + delta
    if not lo <= hi:
        with pytest.raises(ValueError, match="lo has to be at most hi"):
            number.try_add(delta, lo, hi)
        assert repr(number.get()) == repr(value)
        return

    now = number.try_add(delta, lo, hi)

    if lo <= total <= hi and not overflows(value, delta, total):
        assert repr(now) == repr(number.get()) == repr(total)
    else:
        assert now is None
        assert repr(number.get()) == repr(value)


@given(value=st.floats(), delta=NUMBERS, lo=NUMBERS, hi=NUMBERS)
def test_add_clamped_stops_at_the_bounds_and_leaves_the_value_where_the_sum_is_nan(
    value, delta, lo, hi
):
    number, total = AtomicFloat(value), value + delta
    if not lo <= hi:
        with pytest.raises(ValueError, match="lo has to be at most hi"):
            number.add_clamped(delta, lo, hi)
        assert repr(number.get()) == repr(value)
        return

    now = number.add_clamped(delta, lo, hi)

    expected = value if math.isnan(total) else lo if total < lo else hi if total > hi else total
    assert repr(now) == repr(number.get()) == repr(float(expected))


def test_arguments_are_given_by_keyword_too():
    number = AtomicFloat(1.0)

    assert number.try_add(delta=0.5, lo=0, hi=2) == 1.5
    assert number.add_clamped(0.5, hi=1.75, lo=0) == 1.75


@pytest.mark.parametrize("name", ["try_add", "add_clamped"])
@pytest.mark.parametrize("wrong", ["1", None, 1j, b"1"])
def test_what_is_neither_float_nor_int_is_refused_by_name_and_nothing_changes(name, wrong):
    number = AtomicFloat(1.0)

    for arguments in ((wrong, 0.0, 2.0), (0.5, wrong, 2.0), (0.5, 0.0, wrong)):
        with pytest.raises(
            TypeError, match=f"has to be a float or an int, not {type(wrong).__name__}"
        ):
            getattr(number, name)(*arguments)

    assert number.get() == 1.0


@pytest.mark.parametrize("name", ["try_add", "add_clamped"])
def test_an_int_beyond_all_floats_is_an_overflow_error_and_nothing_changes(name):
    number = AtomicFloat(1.0)

    for arguments in ((10**400, 0, 1), (1, -(10**400), 1), (1, 0, 10**400)):
        with pytest.raises(OverflowError):
            getattr(number, name)(*arguments)

    assert number.get() == 1.0


@pytest.mark.parametrize(("lo", "hi"), [(2.0, 1.0), (NAN, 1.0), (0.0, NAN)])
def test_bounds_in_the_wrong_order_are_a_value_error_that_names_both(lo, hi):
    number = AtomicFloat(1.0)

    for name in ("try_add", "add_clamped"):
        with pytest.raises(ValueError) as caught:
            getattr(number, name)(0.5, lo, hi)
        assert str(caught.value) == f"{name}(): lo has to be at most hi, not {lo} and {hi}"

    assert number.get() == 1.0


def test_of_what_there_is_exactly_that_is_given_away():
    stock = AtomicFloat(100.0)

    taken = together(
        *[lambda: sum(stock.try_add(-0.25, 0, 100) is not None for _ in range(300))] * 4
    )

    assert sum(taken) == 400
    assert stock.get() == 0.0


def test_whoever_waits_is_woken_by_a_bounded_addition():
    for name in ("try_add", "add_clamped"):
        number = AtomicFloat(1.0)

        woken, _ = together(
            lambda number=number: number.wait(1.0),
            lambda number=number, name=name: getattr(number, name)(1, 0, 9),
        )

        assert woken == 2.0


def test_an_array_adds_within_bounds_to_its_element_alone():
    array = AtomicFloatArray([1.0, 1.0])

    assert array.try_add(1, 0.5, lo=0.0, hi=2.0) == 1.5
    assert array.try_add(-1, 0.75, 0, 2) is None
    assert array.add_clamped(1, 0.75, 0, 2) == 2.0

    assert [one.get() for one in array] == [1.0, 2.0]
    with pytest.raises(IndexError):
        array.try_add(2, 0.5, 0, 2)
