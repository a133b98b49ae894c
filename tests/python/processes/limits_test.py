"""Integers are exact in 64 bits: what leaves them raises OverflowError and changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from atomos.multiprocessing.atomic import AtomicInteger, AtomicLong

LEAST, MOST = -(2**63), 2**63 - 1
near_limits = st.one_of(
    st.integers(LEAST, LEAST + 3),
    st.integers(MOST - 3, MOST),
    st.integers(-3, 3),
    st.integers(LEAST, MOST),
)
beyond = st.integers(MOST + 1, 2**65) | st.integers(-(2**65), LEAST - 1)


def fits(value):
    return LEAST <= value <= MOST


class Limits(RuleBasedStateMachine):
    """An AtomicLong beside an int with limits."""

    @initialize(value=near_limits)
    def begin(self, value):
        self.number = AtomicLong(value)
        self.model = value

    def becomes(self, wanted, change):
        """The change gives its result if `wanted` fits; else it raises, and nothing changes."""
        if fits(wanted):
            self.model = wanted
            return change()
        with pytest.raises(OverflowError):
            change()
        return None

    @rule(x=near_limits | beyond)
    def set(self, x):
        assert self.becomes(x, lambda: self.number.set(x)) in (x, None)

    @rule(delta=near_limits)
    def add(self, delta):
        wanted = self.model + delta
        assert self.becomes(wanted, lambda: self.number.add_and_get(delta)) in (wanted, None)

    @rule(delta=near_limits)
    def checked_add(self, delta):
        wanted = self.model + delta
        change = self.number.checked_add_and_get
        assert self.becomes(wanted, lambda: change(delta)) in (wanted, None)

    @rule(delta=near_limits)
    def subtract(self, delta):
        old = self.model
        change = self.number.get_and_subtract
        assert self.becomes(old - delta, lambda: change(delta)) in (old, None)

    @rule()
    def increment(self):
        old = self.model
        assert self.becomes(old + 1, self.number.get_and_increment) in (old, None)

    @rule()
    def decrement(self):
        wanted = self.model - 1
        assert self.becomes(wanted, self.number.decrement_and_get) in (wanted, None)

    @rule(factor=st.integers(-4, 4))
    def multiply(self, factor):
        wanted = self.model * factor
        change = self.number.update_and_get
        assert self.becomes(wanted, lambda: change(lambda n: n * factor)) in (wanted, None)

    @rule(delta=near_limits, a=near_limits, b=near_limits)
    def try_add(self, delta, a, b):
        lo, hi = sorted((a, b))
        wanted = self.model + delta
        if not lo <= wanted <= hi:
            assert self.number.try_add(delta, lo, hi) is None
        else:
            self.model = wanted
            assert self.number.try_add(delta, lo, hi) == wanted

    @rule(delta=near_limits, a=near_limits, b=near_limits)
    def add_clamped(self, delta, a, b):
        lo, hi = sorted((a, b))
        self.model = min(max(self.model + delta, lo), hi)
        assert self.number.add_clamped(delta, lo, hi) == self.model

    @rule(x=near_limits | beyond)
    def compare(self, x):
        assert self.number.compare_and_set(x, 0) == (x == self.model)
        self.model = 0 if x == self.model else self.model

    @rule(x=near_limits)
    def extremes_and_bits(self, x):
        self.model = max(self.model, x)
        assert self.number.max_and_get(x) == self.model
        self.model ^= x
        assert self.number.bitwise_xor_and_get(x) == self.model
        self.model = min(self.model, x)
        assert self.number.min_and_get(x) == self.model

    @invariant()
    def agrees(self):
        if hasattr(self, "number"):
            assert self.number.get() == self.model


TestLimits = Limits.TestCase


@pytest.mark.parametrize("integer", [AtomicInteger, AtomicLong])
def test_both_integers_have_64_bits_and_raise_overflow_error(integer):
    """Repaired: an AtomicInteger of 0.3.1 had 32 bits, and both wrapped silently."""
    number = integer(MOST)

    with pytest.raises(OverflowError):
        number.increment_and_get()
    with pytest.raises(OverflowError):
        number += 1
    assert number.get() == MOST
    assert number.set(LEAST) == LEAST
    with pytest.raises(OverflowError):
        number.get_and_decrement()
    with pytest.raises(OverflowError):
        integer(MOST + 1)
    assert number.get() == LEAST


@given(value=near_limits, delta=beyond)
def test_a_delta_beyond_64_bits_is_exact_or_overflows(value, delta):
    number = AtomicInteger(value)

    try:
        met = number.add_and_get(delta)
    except OverflowError:
        assert number.get() == value
    else:
        assert met == number.get() == value + delta


def test_the_negative_of_the_least_integer_can_be_subtracted():
    number = AtomicLong(-1)

    assert number.subtract_and_get(LEAST) == MOST
