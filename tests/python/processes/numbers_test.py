"""The numbers of the process scope have the methods of their thread twins."""

import inspect

import pytest

import atomos
import atomos.atomic as threads
from atomos.multiprocessing.atomic import (
    AtomicBoolean,
    AtomicCtypesReference,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    AtomicReference,
)

INTEGERS = pytest.mark.parametrize("integer", [AtomicInteger, AtomicLong])


def public(kind):
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("ours", "twin"),
    [
        (AtomicReference, threads.AtomicReference),
        (AtomicCtypesReference, threads.AtomicReference),
        (AtomicBoolean, threads.AtomicBoolean),
        (AtomicNumber, threads.AtomicNumber),
        (AtomicInteger, threads.AtomicInteger),
        (AtomicLong, threads.AtomicLong),
        (AtomicFloat, threads.AtomicFloat),
    ],
)
def test_a_process_type_has_every_method_of_its_thread_twin(ours, twin):
    assert public(twin) - public(ours) == set()


def test_integers_floats_and_numbers_are_ctypes_references():
    assert issubclass(AtomicNumber, AtomicCtypesReference)
    assert issubclass(AtomicBoolean, AtomicCtypesReference)
    for number in (AtomicInteger, AtomicLong, AtomicFloat):
        assert issubclass(number, AtomicNumber)


@INTEGERS
def test_ints_that_were_returned_stay_what_they_were(integer):
    # One that the caller has dropped may become the next one, which nobody can see.
    number, held, expected = integer(), [], []
    for edge in [0, 256, 1000, 2**15, 2**30, 2**31, 2**60, 2**62] * 5:
        for value in range(edge - 3, edge + 3):
            number.set(value)
            now, looked, before = number.increment_and_get(), number.get(), number.get_and_add(1)
            assert (now, looked, before, number.get()) == (*[value + 1] * 3, value + 2)
            if value % 3:
                held += [now, looked, before]
                expected += [str(value + 1)] * 3
            del now, looked, before
    assert list(map(str, held)) == expected


@INTEGERS
def test_an_integer_begins_with_zero_or_what_it_is_given(integer):
    assert (integer().get(), integer(7).get(), integer(value=True).get()) == (0, 7, 1)


@INTEGERS
def test_set_returns_its_argument_and_get_and_forms_the_old_value(integer):
    number = integer(1)

    assert number.set(5) == 5
    assert number.get_and_set(6) == 5
    assert number.get_and_add(4) == 6
    assert number.get_and_subtract(3) == 10
    assert number.get_and_increment() == 7
    assert number.get_and_decrement() == 8
    assert number.get_and_max(9) == 7
    assert number.get_and_min(2) == 9
    assert number.get_and_update(lambda n: n * 10) == 2
    assert number.get_and_accumulate(3, lambda n, x: n - x) == 20
    assert number.get() == 17


@INTEGERS
def test_and_get_forms_return_the_new_value(integer):
    number = integer(1)

    assert number.add_and_get(4) == 5
    assert number.subtract_and_get(3) == 2
    assert number.increment_and_get() == 3
    assert number.decrement_and_get() == 2
    assert number.max_and_get(9) == 9
    assert number.min_and_get(4) == 4
    assert number.update_and_get(lambda n: n * 10) == 40
    assert number.accumulate_and_get(3, lambda n, x: n - x) == 37
    assert number.checked_add_and_get(3) == 40


@INTEGERS
def test_bitwise_forms_change_the_bits_of_the_mask(integer):
    number = integer(0b1100)

    assert number.bitwise_or_and_get(0b0011) == 0b1111
    assert number.bitwise_and_and_get(0b1010) == 0b1010
    assert number.bitwise_xor_and_get(0b0110) == 0b1100
    assert number.get_and_bitwise_or(1) == 0b1100
    assert number.get_and_bitwise_and(-2) == 0b1101
    assert number.get_and_bitwise_xor(-1) == 0b1100
    assert number.get() == ~0b1100


@INTEGERS
def test_a_lost_comparison_tells_the_standing_value_and_a_won_one_the_new(integer):
    number = integer(1)

    lost = number.compare_and_exchange(2, 3)
    won = number.compare_and_exchange(1, 3)

    assert lost == atomos.Attempt(won=False, now=1)
    assert won == atomos.Attempt(won=True, now=3)
    assert not number.compare_and_set(1, 4)
    assert number.compare_and_set(expect=3, update=4)
    assert number.get() == 4


@INTEGERS
def test_try_update_leaves_the_value_if_the_function_says_so(integer):
    number = integer(1)

    assert number.try_update(lambda n: atomos.UNCHANGED) == atomos.Attempt(False, 1)
    assert number.try_update(lambda n: None) == atomos.Attempt(False, 1)
    assert number.try_update(lambda n: n + 1) == atomos.Attempt(True, 2)


@INTEGERS
def test_try_add_stays_inside_the_bounds(integer):
    number = integer(5)

    assert number.try_add(5, 0, 10) == 10
    assert number.try_add(1, 0, 10) is None
    assert number.try_add(delta=-11, lo=0, hi=10) is None
    assert number.get() == 10


@INTEGERS
def test_add_clamped_stops_at_the_bounds(integer):
    number = integer(5)

    assert number.add_clamped(100, 0, 10) == 10
    assert number.add_clamped(delta=-100, lo=0, hi=10) == 0
    with pytest.raises(ValueError):
        number.add_clamped(1, 10, 0)
    with pytest.raises(ValueError):
        number.try_add(1, 10, 0)
    assert number.get() == 0


@INTEGERS
@pytest.mark.parametrize("wrong", [1.5, "1", None, b"1", 1j, []])
def test_an_integer_refuses_what_is_no_int_and_stays(integer, wrong):
    number = integer(3)

    for attempt in (number.set, number.get_and_set, number.add_and_get, number.get_and_add):
        with pytest.raises(TypeError):
            attempt(wrong)
    with pytest.raises(TypeError):
        number.compare_and_set(3, wrong)
    with pytest.raises(TypeError):
        number.update_and_get(lambda n: wrong if wrong is not None else "none")
    with pytest.raises(TypeError):
        integer(wrong)

    assert number.get() == 3


def test_a_float_takes_ints_and_keeps_floats():
    number = AtomicFloat(1)

    assert repr(number.get()) == "1.0"
    assert number.set(2) == 2
    assert number.add_and_get(1) == 3.0
    assert number.subtract_and_get(0.5) == 2.5
    assert number.compare_and_set(2.5, 4)
    assert number.max_and_get(5) == 5.0
    assert isinstance(number.get(), float)
    with pytest.raises(TypeError):
        number.set("1.0")
    with pytest.raises(OverflowError):
        number.add_and_get(10**400)
    assert number.get() == 5.0


def test_a_boolean_takes_any_truth_value():
    flag = AtomicBoolean([])

    assert flag.get() is False
    assert flag.set("yes") == "yes"
    assert flag.get() is True
    assert flag.get_and_set(None) is True
    assert flag.get_and_toggle() is False
    assert flag.compare_and_set(1, 0)
    assert flag.get() is False
    flag |= True
    flag ^= True
    assert flag.get() is False
    flag ^= True
    flag &= True
    assert flag.get() is True


@pytest.mark.parametrize("expect", [7, 7.0, 7 + 0j])
def test_an_expectation_matches_if_the_value_equals_it(expect):
    assert AtomicInteger(7).compare_and_set(expect, 8)


@pytest.mark.parametrize("expect", [2**64 + 7, -(2**70), "7", None, float("nan"), 7.5])
def test_an_expectation_that_no_value_equals_never_matches(expect):
    number = AtomicInteger(7)

    assert not number.compare_and_set(expect, 8)
    assert not number.compare_and_set(expect, "of no type that is looked at")
    assert number.get() == 7


def test_wait_returns_a_value_that_differs_and_wait_for_gives_up():
    number = AtomicInteger(1)

    assert number.wait(0) == 1
    assert number.wait_for(0, 10) == 1
    assert number.wait_for(1, 0) is None
    assert number.wait_until(1, 0.0) is None
    assert number.notify_one() is None
    assert number.notify_all() is None
