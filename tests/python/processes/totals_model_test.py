"""Arrays, adders and accumulators beside plain values, with handles that come and go."""

import pickle
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from atomos.multiprocessing.atomic import (
    AtomicLongArray,
    AtomicNumberArray,
    DoubleAccumulator,
    DoubleAdder,
    LongAccumulator,
    LongAdder,
)

from .variables import values_of

LEAST, MOST = -(2**63), 2**63 - 1
ints = st.one_of(
    st.integers(-3, 3),
    st.integers(LEAST, LEAST + 2),
    st.integers(MOST - 2, MOST),
    st.integers(LEAST, MOST),
)
LENGTH = 3
indices = st.integers(-LENGTH - 1, LENGTH)


class Arrays(RuleBasedStateMachine):
    """Several handles of one AtomicLongArray, and the list that it must be."""

    handles = Bundle("handles")

    @initialize(target=handles, values=st.lists(ints, min_size=LENGTH, max_size=LENGTH))
    def begin(self, values):
        self.model = list(values)
        self.last = AtomicLongArray(values)
        return self.last

    @rule(target=handles, handle=handles)
    def travel(self, handle):
        return pickle.loads(pickle.dumps(handle))

    def changed(self, change, index, wanted):
        """What the change gives; or nothing has changed, and it has raised what it must."""
        if not -LENGTH <= index < LENGTH:
            with pytest.raises(IndexError):
                change()
        elif not LEAST <= wanted(self.model[index]) <= MOST:
            with pytest.raises(OverflowError):
                change()
        else:
            self.model[index] = wanted(self.model[index])
            assert change() == self.model[index]

    @rule(handle=handles, index=indices, value=ints | st.just(MOST + 1))
    def set(self, handle, index, value):
        self.changed(lambda: handle.set(index, value), index, lambda _: value)

    @rule(handle=handles, index=indices, delta=ints)
    def add(self, handle, index, delta):
        self.changed(lambda: handle.add_and_get(index, delta), index, lambda n: n + delta)

    @rule(handle=handles, index=indices, factor=st.integers(-2, 2))
    def multiply_in_place(self, handle, index, factor):
        def change():
            handle[index] *= factor
            return handle[index].get()

        self.changed(change, index, lambda n: n * factor)

    @rule(handle=handles, index=indices, x=ints)
    def maximum(self, handle, index, x):
        self.changed(lambda: handle.max_and_get(index, x), index, lambda n: max(n, x))

    @rule(handle=handles, index=st.integers(-LENGTH, LENGTH - 1), expect=ints, update=ints)
    def compare_and_set(self, handle, index, expect, update):
        won = self.model[index] == expect
        assert handle.compare_and_set(index, expect, update) is won
        if won:
            self.model[index] = update

    @invariant()
    def stands(self):
        if hasattr(self, "last"):
            assert values_of(self.last) == self.model


TestArrays = Arrays.TestCase


@given(
    st.sampled_from("bBhHiIlLqQ"),
    st.lists(st.tuples(st.integers(0, 4), st.integers()), max_size=20),
)
def test_numbers_of_any_width_wrap_where_they_stand_and_touch_no_other(code, changes):
    array = AtomicNumberArray(code, 5)
    bits = 8 * struct.calcsize(code)
    model = [0] * 5

    def wrapped(value):
        value &= (1 << bits) - 1
        return value - (1 << bits) if code.islower() and value >> bits - 1 else value

    for index, delta in changes:
        model[index] = wrapped(model[index] + delta)
        assert array.add_and_get(index, delta) == model[index]

    assert values_of(array) == model


@given(st.lists(ints), st.integers(0, 5))
def test_a_long_adder_is_a_sum_in_64_bits_whatever_is_drained(values, every):
    adder = LongAdder()
    drained = 0

    for n, value in enumerate(values):
        adder.add(value)
        if every and n % every == 0:
            drained += adder.sum_then_reset()

    total = drained + adder.sum_then_reset() - sum(values)
    assert total % 2**64 == 0
    assert adder.sum() == 0


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_a_double_adder_is_exact_on_ints_that_it_holds(values):
    adder = DoubleAdder()

    for value in values:
        adder.add(value)

    assert adder.sum() == sum(values)


@given(st.lists(ints), st.sampled_from([(max, LEAST), (min, MOST)]))
def test_a_long_accumulator_is_its_function_over_all_values(values, operation):
    fn, identity = operation
    total = LongAccumulator(fn, identity)

    for value in values:
        total.accumulate(value)

    assert total.get() == total.get_then_reset() == fn([identity, *values])
    assert total.get() == identity


@given(st.lists(st.floats(allow_nan=False)))
def test_a_double_accumulator_is_its_function_over_all_values(values):
    total = DoubleAccumulator(max, float("-inf"))

    for value in values:
        total.accumulate(value)

    assert total.get_then_reset() == max([float("-inf"), *values])
