"""Ints that a number has given away or been given: they stay what they were, whatever it does next.

An int that nobody else refers to may be changed where it is, which nobody can see.
"""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomos.atomic import AtomicInteger, AtomicNumber

from .kinds import INTEGERS

by_class = pytest.mark.parametrize("make", [AtomicNumber, *INTEGERS])
#: Where an int's form changes: the interpreter's own ones, digits of 15 and 30 bits, words.
EDGES = sorted(
    sign * edge + around
    for sign in (-1, 1)
    for edge in (0, 5, 256, 2**15, 2**30, 2**60, 2**61, 2**62, 2**63, 2**64, 2**90)
    for around in (-2, -1, 0, 1, 2)
)
#: Changes that return the new value, the old one, or nothing.
CHANGES = [
    (lambda number: number.increment_and_get(), 1),
    (lambda number: number.decrement_and_get(), -1),
    (lambda number: number.get_and_increment(), 1),
    (lambda number: number.get_and_decrement(), -1),
    (lambda number: number.add_and_get(3), 3),
    (lambda number: number.get_and_subtract(3), -3),
    (lambda number: number.add_and_get(-(2**31)), -(2**31)),
    (lambda number: number.__iadd__(1), 1),
    (lambda number: number.__isub__(700), -700),
]


def fresh(value):
    """An int that nothing else refers to, where the interpreter has none of its own."""
    return int(str(value))


@by_class
@pytest.mark.parametrize("start", EDGES)
def test_sums_are_right_where_an_ints_form_changes(make, start):
    for change, by in CHANGES:
        number = make(fresh(start))

        for step in range(1, 4):
            change(number)
            assert number.get() == start + step * by

        assert number.get() - start == 3 * by
        assert hash(number.get()) == hash(start + 3 * by)
        assert str(number.get()) == str(start + 3 * by)


@by_class
@pytest.mark.parametrize("start", EDGES)
def test_a_value_that_was_given_away_stays_what_it_was(make, start):
    for change, by in CHANGES:
        number = make(fresh(start))
        kept = [number.get()]

        for _ in range(4):
            change(number)
            kept.append(number.get())

        assert kept == [start + step * by for step in range(5)]


@by_class
def test_every_result_stays_what_it_was(make):
    number = make(fresh(1_000_000))

    up = [number.increment_and_get() for _ in range(100)]
    down = [number.subtract_and_get(2) for _ in range(100)]

    assert up == list(range(1_000_001, 1_000_101))
    assert down == list(range(1_000_098, 999_898, -2))


@by_class
def test_results_are_the_value_before_or_after_also_if_nobody_keeps_one(make):
    number = make(fresh(1_000_000))

    assert number.get_and_increment() + 0 == 1_000_000
    assert number.get_and_add(4) + 0 == 1_000_001
    assert number.get_and_decrement() + 0 == 1_000_005
    assert number.get_and_subtract(4) + 0 == 1_000_004
    assert number.add_and_get(2) + 0 == 1_000_002


@by_class
def test_a_key_of_a_dictionary_is_found_again(make):
    number = make(fresh(1_000_000))
    found = {number.get(): "first", number.increment_and_get(): "second"}

    for _ in range(10):
        number.increment_and_get()
        number += 1

    assert found == {1_000_000: "first", 1_000_001: "second"}
    assert found[fresh(1_000_000)] == "first"


@by_class
def test_a_value_in_two_numbers_changes_in_one(make):
    one, other = make(fresh(1_000_000)), make()
    other.set(one.get())

    one += 1

    assert (one.get(), other.get()) == (1_000_001, 1_000_000)


@by_class
def test_the_value_that_was_stored_is_the_callers_still(make):
    value = fresh(1_000_000)
    number = make(value)

    number += 1
    number.set(value)
    number.increment_and_get()

    assert value == 1_000_000 and number.get() == 1_000_001


@by_class
def test_constants_of_a_program_stay_what_they_are(make):
    def constant():
        return 7_654_321

    number = make(constant())
    number += 1
    number.decrement_and_get()
    number.add_and_get(5)

    assert constant() == 7_654_321 and number.get() == 7_654_326


@by_class
@pytest.mark.parametrize("start", [257, 258, -6, -7])
def test_small_ints_are_the_interpreters_own(make, start):
    own = {value: value for value in range(-5, 257)}
    number = make(fresh(start))
    towards = -1 if start > 0 else 1

    for _ in range(12):
        value = number.add_and_get(towards)
        if -5 <= value <= 256:
            assert value is own[value]
            assert number.get() is own[value]


@by_class
def test_what_a_function_saw_stays_what_it_was_after_a_change_inside_it(make):
    number = make(fresh(1_000_000))
    seen = []

    def bump(value):
        if not seen:
            number.increment_and_get()
        seen.append(value)
        return value + 10

    assert number.update_and_get(bump) == 1_000_011
    assert seen == [1_000_000, 1_000_001]


@by_class
@given(steps=st.lists(st.integers(-(2**64), 2**64), max_size=8), start=st.integers(-(2**66), 2**66))
def test_sums_are_those_of_plain_ints(make, steps, start):
    number, plain, results, expected = make(start), start, [], []

    for step in steps:
        results.append(number.add_and_get(step))
        results.append(number.get_and_add(step))
        number -= step
        plain += step
        expected += [plain, plain]

    assert results == expected
    assert number.get() == plain


@pytest.mark.parametrize("stands", [1, 1.0, True])
@pytest.mark.parametrize("expect", [1, 1.0, True])
def test_comparison_is_by_equality_between_kinds_of_numbers(stands, expect):
    number = AtomicNumber(stands)

    assert not number.compare_and_set(2, 3)
    assert number.compare_and_set(expect, 2)
    assert type(number.get()) is int and number.get() == 2


class Named(int):
    """An int of another class."""


@pytest.mark.parametrize("value", [7, 1_000_000, 2**61, 2**62, 2**70, -(2**62), -(2**62) - 1])
def test_comparison_finds_an_equal_int_of_any_size_and_class(value):
    for stands in (value, Named(value)):
        for expect in (fresh(value), Named(value)):
            number = AtomicInteger(stands)

            assert not number.compare_and_set(value + 1, 5)
            assert number.get() is stands or number.get() == value
            assert number.compare_and_set(expect, Named(5))
            assert type(number.get()) is Named


@by_class
def test_a_class_of_ones_own_adds_its_own_way(make):
    class Loud(int):
        def __add__(self, other):
            return Loud(int(self) + int(other) + 100)

        __radd__ = __add__

    number = make(fresh(1_000_000))

    assert number.add_and_get(Loud(1)) == 1_000_101
    assert type(number.get()) is Loud
    assert number.increment_and_get() == 1_000_202


@by_class
def test_ten_thousand_changes_keep_no_memory(make):
    number = make(fresh(1_000_000))
    number.increment_and_get()
    before = sys.getallocatedblocks()

    for _ in range(10_000):
        number.increment_and_get()
        number += 1
        number.get_and_add(-2)
        kept = number.get()
        number += 1
        number -= 1

    assert kept == number.get() == 1_000_001
    assert sys.getallocatedblocks() - before < 50
