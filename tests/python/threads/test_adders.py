"""LongAdder and DoubleAdder: what is added is in the sum, and in exactly one drain."""

import copy
import math
import pickle
import threading

import pytest

from atomos.atomic import DoubleAdder, LongAdder

from .together import together

ADDERS = [LongAdder, DoubleAdder]
by_adder = pytest.mark.parametrize("make", ADDERS)


class Port(int):
    """A subclass of int with arithmetic of its own, which adders have no use for."""

    def __add__(self, other):
        raise AssertionError("an adder ran Python code")

    __radd__ = __index__ = __int__ = __add__


@by_adder
def test_without_an_add_the_sum_is_zero(make):
    adder = make()

    assert adder.sum() == adder.sum_then_reset() == 0
    assert type(adder.sum()) is type(adder.sum_then_reset()) is (
        int if make is LongAdder else float
    )  # fmt: skip


@by_adder
def test_the_sum_is_of_all_adds_and_an_add_returns_none(make):
    adder = make()

    assert [adder.add(3), adder.add(x=4), adder.add(-1)] == [None] * 3

    assert adder.sum() == 6
    assert adder.sum() == 6


@by_adder
def test_a_drain_returns_the_sum_and_begins_again(make):
    adder = make()
    adder.add(3)

    assert adder.sum_then_reset() == 3
    assert adder.sum() == 0
    adder.add(4)

    assert adder.sum_then_reset() == 4
    assert adder.sum_then_reset() == 0


@by_adder
def test_a_reset_begins_again(make):
    adder = make()
    adder.add(3)

    assert adder.reset() is None

    assert adder.sum() == 0


def test_increments_and_decrements_are_by_one():
    adder = LongAdder()

    assert [adder.increment(), adder.increment(), adder.decrement()] == [None] * 3

    assert adder.sum() == 1


@by_adder
def test_in_place_operators_add_and_leave_the_adder_where_it_is(make):
    adder = one = make()

    adder += 5
    adder -= 2

    assert adder is one
    assert adder.sum() == 3


@pytest.mark.parametrize("edge", [256, 2**30, 2**62, 2**63, 2**64, 10**30])
def test_a_sum_of_ints_has_no_bounds(edge):
    for start in (edge, -edge):
        for by in (1, -1, edge, -edge, Port(7), True):
            adder = LongAdder()

            adder.add(start)
            adder.add(by)
            adder -= by
            adder += by

            assert adder.sum() == adder.sum_then_reset() == start + int.__add__(by, 0)


def test_the_sum_of_subclasses_of_int_is_an_int_and_none_of_their_code_runs():
    adder = LongAdder()

    adder.add(Port(80))
    adder += Port(1)

    assert type(adder.sum()) is int
    assert adder.sum() == 81


def test_a_sum_that_was_returned_does_not_change_by_later_adds():
    adder = LongAdder()
    adder.add(100_000)
    before = adder.sum()
    adder.increment()
    after = adder.sum()

    adder.increment()

    assert (before, after) == (100_000, 100_001)


def test_a_sum_of_floats_that_was_returned_does_not_change_by_later_adds():
    adder = DoubleAdder()
    adder.add(0.5)
    before = adder.sum()

    adder.add(0.25)

    assert (before, adder.sum()) == (0.5, 0.75)


@pytest.mark.parametrize("x", ["1", None, 1.5, 1j, b"1", [1]])
def test_what_is_no_int_is_refused_by_name_and_nothing_is_added(x):
    adder = LongAdder()
    adder.add(1)

    with pytest.raises(TypeError, match=f"LongAdder adds an int, not {type(x).__name__}"):
        adder.add(x)
    with pytest.raises(TypeError):
        adder += x
    with pytest.raises(TypeError):
        adder -= x

    assert adder.sum() == 1


@pytest.mark.parametrize("x", ["1", None, 1j, b"1", [1]])
def test_what_is_no_float_is_refused_by_name_and_nothing_is_added(x):
    adder = DoubleAdder()
    adder.add(1)

    with pytest.raises(
        TypeError, match=f"DoubleAdder adds a float or an int, not {type(x).__name__}"
    ):
        adder.add(x)
    with pytest.raises(TypeError):
        adder += x

    assert adder.sum() == 1.0


def test_an_int_beyond_all_floats_is_an_overflow_error_and_nothing_is_added():
    adder = DoubleAdder()
    adder.add(1)

    with pytest.raises(OverflowError):
        adder.add(10**400)
    with pytest.raises(OverflowError):
        adder -= 10**400

    assert adder.sum() == 1.0


def test_a_million_times_a_tenth_is_a_hundred_thousand():
    adder = DoubleAdder()

    for _ in range(1_000_000):
        adder.add(0.1)

    assert adder.sum_then_reset() == 100_000.0


def test_what_rounding_takes_away_is_kept():
    adder = DoubleAdder()

    for x in (1e100, 1.0, -1e100):
        adder.add(x)

    assert adder.sum() == 1.0
    assert adder.sum_then_reset() == 1.0


def test_of_what_rounding_took_away_nothing_is_left_after_a_drain():
    adder = DoubleAdder()
    adder.add(1e100)
    adder.add(1.0)
    adder.reset()

    adder.add(2.0)

    assert adder.sum() == 2.0


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_an_infinity_or_a_nan_stays_until_it_is_drained(x):
    adder = DoubleAdder()
    adder.add(1.0)
    adder.add(x)
    adder.add(1.0)

    assert repr(adder.sum_then_reset()) == repr(x)
    adder.add(1.0)

    assert adder.sum() == 1.0


def test_opposite_infinities_are_no_number():
    adder = DoubleAdder()
    adder.add(math.inf)
    adder.add(-math.inf)

    assert math.isnan(adder.sum())


@by_adder
@pytest.mark.parametrize("given", [(1,), (None,)])
def test_an_adder_is_made_of_nothing(make, given):
    with pytest.raises(TypeError, match=rf"{make.__name__}\(\) takes no arguments"):
        make(*given)
    with pytest.raises(TypeError):
        make(value=1)


@by_adder
@pytest.mark.parametrize(
    "call",
    [
        lambda adder: adder.add(),
        lambda adder: adder.add(1, 2),
        lambda adder: adder.add(1, x=1),
        lambda adder: adder.add(delta=1),
        lambda adder: adder.sum(1),
        lambda adder: adder.reset(1),
    ],
)
def test_wrong_arguments_are_type_errors_and_add_nothing(make, call):
    adder = make()

    with pytest.raises(TypeError):
        call(adder)

    assert adder.sum() == 0


@by_adder
def test_repr_shows_the_sum(make):
    adder = make()
    adder.add(3)

    shown = f"<atomos.atomic.{make.__name__}({adder.sum()}) object at {hex(id(adder))}>"
    assert repr(adder) == shown


@by_adder
@pytest.mark.parametrize("copying", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_copy_is_refused(make, copying):
    with pytest.raises(TypeError, match="threads share it"):
        copying(make())


@by_adder
def test_a_subclass_may_have_arguments_of_its_own(make):
    class Named(make):
        def __init__(self, name):
            super().__init__()
            self.name = name

    served = Named("served")
    served += 1

    assert (served.name, served.sum()) == ("served", 1)


@by_adder
def test_an_adder_whose_init_did_not_run_is_safe(make):
    adder = make.__new__(make)

    adder.add(1)

    assert adder.sum() == 1


@by_adder
def test_the_adds_of_threads_that_have_ended_stay(make):
    adder = make()

    for _ in range(20):
        together(*[lambda: [adder.add(1) for _ in range(50)]] * 4)

    assert threading.active_count() < 20
    assert adder.sum_then_reset() == 20 * 4 * 50
    assert adder.sum() == 0
