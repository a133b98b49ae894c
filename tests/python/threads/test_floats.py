"""AtomicFloat: NaN, the two zeros, infinities, and what counts as a float."""

import math

import pytest

from atomos.atomic import AtomicFloat, AtomicNumber

NAN = float("nan")
INF = math.inf
EXTREMES = ["max_and_get", "get_and_max", "min_and_get", "get_and_min"]


def same(a, b):
    """Whether two floats are the same value: NaN is NaN, and -0.0 is not 0.0."""
    return (math.isnan(a) and math.isnan(b)) or (
        a == b and math.copysign(1, a) == math.copysign(1, b)
    )


@pytest.mark.parametrize("value", [1, True, "1.0", None, 1j, b"1"])
def test_what_is_no_float_is_a_type_error(value):
    with pytest.raises(TypeError):
        AtomicFloat(value)
    number = AtomicFloat(2.5)
    with pytest.raises(TypeError):
        number.set(value)
    assert number.get() == 2.5


def test_a_subclass_of_float_is_a_float():
    class Seconds(float):
        pass

    number = AtomicFloat(Seconds(1.5))

    assert number.get() == 1.5
    assert number.add_and_get(1) == 2.5


def test_it_holds_a_double_exactly():
    for value in (0.1, 1700000000.123, 5e-324, 1.7976931348623157e308, -0.0, INF):
        assert same(AtomicFloat(value).get(), value)


def test_a_nan_that_was_read_can_be_replaced():
    number = AtomicFloat(NAN)

    assert number.compare_and_set(number.get(), 1.0) is True
    number.set(NAN)
    assert number.compare_and_set(0.0, 2.0) is False
    assert number.compare_and_set(NAN, 2.0) is True
    assert number.get() == 2.0


def test_minus_zero_matches_zero():
    number = AtomicFloat(-0.0)

    assert number.compare_and_set(0.0, 0.0) is True
    assert number.compare_and_set(-0.0, 1.0) is True


@pytest.mark.parametrize("make", [AtomicFloat, AtomicNumber])
@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("value", [1.0, -1.0, INF, -INF, 0.0])
def test_max_and_min_ignore_a_nan(make, name, value):
    number = make(value)
    getattr(number, name)(NAN)
    assert same(number.get(), value)

    number = make(NAN)
    getattr(number, name)(value)
    assert same(number.get(), value)


@pytest.mark.parametrize("name", EXTREMES)
def test_max_and_min_of_two_nans_are_a_nan(name):
    number = AtomicFloat(NAN)

    assert math.isnan(getattr(number, name)(float("nan")))
    assert math.isnan(number.get())


@pytest.mark.parametrize("make", [AtomicFloat, AtomicNumber])
@pytest.mark.parametrize(
    ("name", "start", "x", "expected"),
    [
        ("max_and_get", 0.0, -0.0, 0.0),
        ("max_and_get", -0.0, 0.0, 0.0),
        ("min_and_get", 0.0, -0.0, -0.0),
        ("min_and_get", -0.0, 0.0, -0.0),
    ],
)
def test_max_and_min_order_minus_zero_before_zero(make, name, start, x, expected):
    assert same(getattr(make(start), name)(x), expected)


@pytest.mark.parametrize(
    ("start", "x"), [(1.0, 2.0), (2.0, 1.0), (1.0, INF), (1.0, -INF), (-1.5, -1.5)]
)
def test_max_and_min_are_those_of_the_numbers(start, x):
    for name, choose in (("max", max), ("min", min)):
        number = AtomicFloat(start)
        assert getattr(number, f"get_and_{name}")(x) == start
        assert number.get() == choose(start, x)
        assert getattr(AtomicFloat(start), f"{name}_and_get")(x=x) == choose(start, x)


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("x", ["1", None, 1j])
def test_max_and_min_of_what_is_no_number_are_type_errors(name, x):
    number = AtomicFloat(1.0)

    with pytest.raises(TypeError):
        getattr(number, name)(x)

    assert number.get() == 1.0


def test_arithmetic_is_that_of_floats():
    number = AtomicFloat(0.1)

    assert number.add_and_get(0.2) == 0.1 + 0.2
    assert number.subtract_and_get(INF) == -INF
    assert math.isnan(number.add_and_get(INF))
    assert math.isnan(number.increment_and_get())


def test_a_division_by_zero_and_a_complex_power_change_nothing():
    number = AtomicFloat(-8.0)

    with pytest.raises(ZeroDivisionError):
        number /= 0
    with pytest.raises(TypeError):
        number **= 0.5
    with pytest.raises(OverflowError):
        number.add_and_get(10**400)

    assert number.get() == -8.0
