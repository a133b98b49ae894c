"""Bitwise members, and additions with bounds, of AtomicInteger and AtomicLong."""

import pytest

from .kinds import INTEGERS
from .misbehaving import Boom

by_integer = pytest.mark.parametrize("make", INTEGERS)
WORDS = [0, 1, -1, 0b1100, 2**62, 2**64 + 5, -(2**80)]


@by_integer
@pytest.mark.parametrize("start", WORDS)
@pytest.mark.parametrize("mask", WORDS)
def test_bitwise_members_return_the_new_or_the_old_value(make, start, mask):
    for name, expected in (("or", start | mask), ("and", start & mask), ("xor", start ^ mask)):
        number = make(start)
        assert getattr(number, f"bitwise_{name}_and_get")(mask) == expected
        assert number.get() == expected

        number = make(start)
        assert getattr(number, f"get_and_bitwise_{name}")(mask=mask) == start
        assert number.get() == expected


@by_integer
def test_a_mask_that_is_no_integer_is_a_type_error(make):
    number = make(6)

    for name in ("or", "and", "xor"):
        for form in (f"bitwise_{name}_and_get", f"get_and_bitwise_{name}"):
            for mask in (1.0, "1", None):
                with pytest.raises(TypeError):
                    getattr(number, form)(mask)
    assert number.get() == 6


@by_integer
def test_try_add_adds_inside_the_bounds_and_they_belong_to_them(make):
    number = make(5)

    assert number.try_add(5, 0, 10) == 10
    assert number.try_add(delta=-10, lo=0, hi=10) == 0
    assert number.get() == 0


@by_integer
@pytest.mark.parametrize(("delta", "lo", "hi"), [(1, 0, 5), (-6, 0, 5), (0, 6, 9), (2**80, 0, 5)])
def test_try_add_gives_none_where_the_sum_leaves_the_bounds_and_nothing_changes(
    make, delta, lo, hi
):
    number = make(5)

    assert number.try_add(delta, lo, hi) is None
    assert number.get() == 5


@by_integer
def test_try_add_gives_none_from_outside_and_comes_back_inside(make):
    number = make(20)

    assert number.try_add(1, 0, 10) is None
    assert number.try_add(-15, 0, 10) == 5


@by_integer
@pytest.mark.parametrize(
    ("start", "delta", "expected"),
    [
        (5, 3, 8),
        (5, 30, 10),
        (5, -30, 0),
        (20, 1, 10),
        (-20, 1, 0),
        (5, 2**80, 10),
        (2**80, -1, 10),
    ],
)
def test_add_clamped_stops_at_the_bounds(make, start, delta, expected):
    number = make(start)

    assert number.add_clamped(delta, 0, 10) == expected
    assert number.get() == expected


@by_integer
def test_bounds_of_any_size_work(make):
    number = make(2**70)

    assert number.try_add(1, 2**70, 2**71) == 2**70 + 1
    assert number.try_add(-2, 2**70, 2**71) is None
    assert number.add_clamped(delta=2**75, lo=0, hi=2**71) == 2**71


@by_integer
@pytest.mark.parametrize("name", ["try_add", "add_clamped"])
def test_bounds_the_wrong_way_round_are_a_value_error(make, name):
    number = make(5)

    with pytest.raises(ValueError, match="lo"):
        getattr(number, name)(1, 10, 0)

    assert number.get() == 5


@by_integer
@pytest.mark.parametrize("name", ["try_add", "add_clamped"])
@pytest.mark.parametrize("arguments", [(1.5, 0, 10), ("1", 0, 10), (1, 0.5, 10), (1, 0, None)])
def test_a_delta_or_bound_that_is_no_integer_is_a_type_error(make, name, arguments):
    number = make(5)

    with pytest.raises(TypeError):
        getattr(number, name)(*arguments)

    assert number.get() == 5


@by_integer
@pytest.mark.parametrize("name", ["try_add", "add_clamped"])
def test_an_addition_that_raises_inside_bounds_changes_nothing(make, name):
    class Delta(int):
        def __radd__(self, value):
            raise Boom("+")

    number = make(5)

    with pytest.raises(Boom):
        getattr(number, name)(Delta(1), 0, 10)

    assert number.get() == 5


@by_integer
def test_checked_add_never_overflows_in_the_thread_scope(make):
    number = make(2**63 - 1)

    assert number.checked_add_and_get(1) == 2**63
    assert number.checked_add_and_get(delta=2**64) == 2**63 + 2**64


@by_integer
def test_checked_add_takes_integers_only(make):
    number = make(1)

    with pytest.raises(TypeError):
        number.checked_add_and_get(1.5)

    assert number.get() == 1


@by_integer
@pytest.mark.parametrize("start", [-3, 0, 2**70])
@pytest.mark.parametrize("x", [-(2**80), -3, 0, 5, 2**80])
def test_max_and_min_return_the_new_or_the_old_value(make, start, x):
    for name, choose in (("max", max), ("min", min)):
        number = make(start)
        assert getattr(number, f"{name}_and_get")(x) == choose(start, x)
        assert number.get() == choose(start, x)

        number = make(start)
        assert getattr(number, f"get_and_{name}")(x=x) == start
        assert number.get() == choose(start, x)


@by_integer
@pytest.mark.parametrize("name", ["max_and_get", "get_and_max", "min_and_get", "get_and_min"])
@pytest.mark.parametrize("x", [0.5, 99.5, "1", None])
def test_max_and_min_of_what_is_no_integer_are_type_errors_even_if_it_loses(make, name, x):
    number = make(5)

    with pytest.raises(TypeError):
        getattr(number, name)(x)

    assert number.get() == 5
