"""Adders and accumulators against a plain variable, through any sequence of operations."""

import math

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from atomos.atomic import DoubleAccumulator, DoubleAdder, LongAccumulator, LongAdder

from .misbehaving import Boom
from .model import check, outcome
from .test_model_numbers import FLOATS, INTS, WRONG, same


class Compensated:
    """A sum of floats, and what rounding took away from it (Neumaier)."""

    def __init__(self):
        self.total = self.rest = 0.0

    def add(self, x):
        after = self.total + x
        if math.isfinite(after):
            big, small = (self.total, x) if abs(self.total) >= abs(x) else (x, self.total)
            self.rest += (big - after) + small
        self.total = after

    def value(self):
        return self.total + self.rest if math.isfinite(self.total) else self.total


class Exact:
    """A sum of ints."""

    def __init__(self):
        self.total = 0

    def add(self, x):
        self.total += int(x)

    def value(self):
        return self.total


def adder_machine(make, accepted, begin, convert):
    class Machine(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.real, self.model = make(), begin()

        def both(self, real, x, sign):
            def model():
                if not isinstance(x, accepted):
                    raise TypeError(x)
                self.model.add(sign * convert(x))

            assert outcome(real)[0] == outcome(model)[0]

        @rule(x=INTS | FLOATS | WRONG, sign=st.sampled_from([1, 1, -1]), way=st.booleans())
        def add(self, x, sign, way):
            if sign < 0:
                self.both(lambda: self.real.__isub__(x), x, -1) if isinstance(x, accepted) else None
            elif way and isinstance(x, accepted):
                self.both(lambda: self.real.__iadd__(x), x, 1)
            else:
                self.both(lambda: self.real.add(x), x, 1)

        @rule(reset=st.booleans())
        def drain(self, reset):
            if reset:
                self.real.reset()
            else:
                assert same(self.real.sum_then_reset(), self.model.value())
            self.model = begin()

        @invariant()
        def the_sum_is_that_of_the_model(self):
            assert same(self.real.sum(), self.model.value())

    return Machine


def folded(function, so_far, x):
    """A function of ours that raises for some."""
    if x == 13:
        raise Boom
    return function(so_far, x)


def accumulator_machine(make, accepted, values, convert):
    functions = st.sampled_from([max, min, lambda a, b: a + b, lambda a, b: b, lambda a, b: "no"])

    class Machine(RuleBasedStateMachine):
        @initialize(function=functions, identity=values)
        def begin(self, function, identity):
            self.function = lambda a, b: folded(function, a, b)
            self.real = make(self.function, identity)
            self.identity = self.value = convert(identity)

        def accumulated(self, x):
            if not isinstance(x, accepted):
                raise TypeError(x)
            made = self.function(self.value, convert(x))
            if not isinstance(made, accepted):
                raise TypeError(made)
            self.value = convert(made)

        @rule(x=INTS | FLOATS | WRONG | st.just(13))
        def accumulate(self, x):
            assert outcome(lambda: self.real.accumulate(x)) == outcome(lambda: self.accumulated(x))

        @rule(reset=st.booleans())
        def drain(self, reset):
            if reset:
                self.real.reset()
            else:
                assert same(self.real.get_then_reset(), self.value)
            self.value = self.identity

        @invariant()
        def the_value_is_that_of_the_model(self):
            if hasattr(self, "real"):
                assert same(self.real.get(), self.value)

    return Machine


def as_float(x):
    return x if isinstance(x, float) else float(x)


MACHINES = {
    "LongAdder": lambda: adder_machine(LongAdder, int, Exact, int),
    "DoubleAdder": lambda: adder_machine(DoubleAdder, (int, float), Compensated, float),
    "LongAccumulator": lambda: accumulator_machine(LongAccumulator, int, INTS, lambda x: x),
    "DoubleAccumulator": lambda: accumulator_machine(
        DoubleAccumulator, (int, float), INTS | FLOATS, as_float
    ),
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_sequence_of_operations_ends_as_on_a_plain_variable(name, seed):
    check(MACHINES[name](), seed)
