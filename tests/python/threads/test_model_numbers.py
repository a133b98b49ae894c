"""The numbers and AtomicBoolean against a plain variable, through any sequence of operations."""

import math
import operator

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from atomos import UNCHANGED
from atomos.atomic import AtomicBoolean, AtomicFloat, AtomicInteger, AtomicLong, AtomicNumber

from .model import check, outcome


class Port(int):
    """A subclass of int."""


EDGE = st.sampled_from([2**31, 2**62, 2**63, 2**64, 10**30])
INTS = st.one_of(
    st.integers(-3, 3),
    st.integers(),
    st.builds(lambda edge, sign, near: sign * edge + near, EDGE, st.sampled_from([1, -1]),
              st.integers(-2, 2)),
    st.booleans(),
    st.builds(Port, st.integers(-5, 5)),
)  # fmt: skip
FLOATS = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, math.nan, math.inf, 1.5]))
WRONG = st.sampled_from([None, "1", 1j, [1], (), b"2"])


def same(a, b):
    """The same type and value; NaN is NaN and -0.0 is not 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (float, complex)):
        return repr(a) == repr(b)
    return a == b


def are_numbers(*values):
    return all(isinstance(value, (int, float, complex)) for value in values)


def greater(value, x):
    if isinstance(x, float) and math.isnan(x):
        return value
    if isinstance(value, float) and math.isnan(value):
        return x
    if isinstance(x, float) and isinstance(value, float) and x == value == 0:
        return max(value, x, key=lambda zero: math.copysign(1, zero))
    return x if x > value else value


def lesser(value, x):
    if isinstance(x, float) and math.isnan(x):
        return value
    if isinstance(value, float) and math.isnan(value):
        return x
    if isinstance(x, float) and isinstance(value, float) and x == value == 0:
        return min(value, x, key=lambda zero: math.copysign(1, zero))
    return x if x < value else value


FORMS = {
    "add": operator.add, "subtract": operator.sub, "max": greater, "min": lesser,
    "bitwise_or": operator.or_, "bitwise_and": operator.and_, "bitwise_xor": operator.xor,
}  # fmt: skip
IN_PLACE = {
    operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
    operator.itruediv: operator.truediv, operator.ifloordiv: operator.floordiv,
    operator.imod: operator.mod, operator.iand: operator.and_, operator.ior: operator.or_,
    operator.ixor: operator.xor,
}  # fmt: skip
BITWISE = [operator.iand, operator.ior, operator.ixor]


class Model:
    """A plain variable that says what an operation should return, and keeps what should stand."""

    def __init__(self, accepted, value):
        self.accepted = accepted
        self.value = value

    def put(self, value):
        if not isinstance(value, self.accepted):
            raise TypeError(value)
        self.value = value

    def change(self, function, old):
        before = self.value
        self.put(function(before))
        return before if old else self.value

    def compare(self, expect, update):
        if self.value is not expect and not self.value == expect:
            return False, self.value
        self.put(update)
        return True, update

    def extreme(self, function, x, old):
        if not isinstance(x, self.accepted):
            raise TypeError(x)
        return self.change(lambda value: function(value, x), old)

    def try_add(self, delta, lo, hi, clamped):
        for number in (lo, hi):
            if not isinstance(number, int):
                raise TypeError(number)
        if lo > hi:
            raise ValueError("lo > hi")
        total = self.value + delta
        if not isinstance(total, int):
            raise TypeError(delta)
        if not clamped and not lo <= total <= hi:
            return None
        self.put(min(max(total, lo), hi))
        return self.value


def machine(make, accepted, values, first, numeric=True, integral=False):
    """The state machine of one class; values are those that operations are given."""
    operands = st.one_of(values, values, values, WRONG)
    operators = [op for op in IN_PLACE if (integral or op not in BITWISE)]
    operators = operators if numeric else BITWISE

    class Machine(RuleBasedStateMachine):
        @initialize(value=first)
        def begin(self, value):
            self.real = make(value)
            self.model = Model(accepted, value)

        def both(self, real, model):
            expected, found = outcome(model), outcome(real)
            assert same(found, expected), f"{found} is not {expected}"

        @invariant()
        def the_value_is_that_of_the_model(self):
            if hasattr(self, "real"):
                assert same(self.real.get(), self.model.value)
                assert same(self.real._value, self.model.value)

        @rule(value=operands, way=st.sampled_from(["set", "get_and_set", "_value", "update"]))
        def write(self, value, way):
            if way == "set":
                self.both(lambda: self.real.set(value),
                          lambda: self.model.change(lambda _: value, False))  # fmt: skip
            elif way == "get_and_set":
                self.both(lambda: self.real.get_and_set(value),
                          lambda: self.model.change(lambda _: value, True))  # fmt: skip
            elif way == "_value":
                self.both(lambda: setattr(self.real, "_value", value),
                          lambda: self.model.put(value))  # fmt: skip
            else:
                self.both(lambda: self.real.update_and_get(lambda _: value),
                          lambda: self.model.change(lambda _: value, False))  # fmt: skip

        @rule(expect=operands, update=operands, current=st.booleans(), exchange=st.booleans())
        def compare(self, expect, update, current, exchange):
            real, model = (self.real.get(), self.model.value) if current else (expect, expect)
            if exchange:
                self.both(lambda: tuple(self.real.compare_and_exchange(real, update)),
                          lambda: self.model.compare(model, update))  # fmt: skip
            else:
                self.both(lambda: self.real.compare_and_set(real, update),
                          lambda: self.model.compare(model, update)[0])  # fmt: skip

        @rule(value=operands, leave=st.booleans())
        def try_update(self, value, leave):
            value = UNCHANGED if leave else value
            left = leave or (value is None and not isinstance(None, accepted))

            def expected():
                return (False, self.model.value) if left else (True, self.model.change(
                    lambda _: value, False))  # fmt: skip

            self.both(lambda: tuple(self.real.try_update(lambda _: value)), expected)

        if numeric:

            @rule(form=st.sampled_from(sorted(FORMS)), operand=operands, old=st.booleans())
            def arithmetic(self, form, operand, old):
                name = f"get_and_{form}" if old else f"{form}_and_get"
                if not hasattr(self.real, name):
                    return
                function = FORMS[form]
                if form in ("max", "min"):
                    self.both(lambda: getattr(self.real, name)(operand),
                              lambda: self.model.extreme(function, operand, old))  # fmt: skip
                else:
                    self.both(lambda: getattr(self.real, name)(operand),
                              lambda: self.model.change(
                                  lambda value: function(value, operand), old))  # fmt: skip

            @rule(name=st.sampled_from(["increment", "decrement"]), old=st.booleans())
            def step(self, name, old):
                by = 1 if name == "increment" else -1
                member = f"get_and_{name}" if old else f"{name}_and_get"
                self.both(getattr(self.real, member),
                          lambda: self.model.change(lambda value: value + by, old))  # fmt: skip

        @rule(operation=st.sampled_from(operators), operand=operands)
        def in_place(self, operation, operand):
            if operation is operator.imul and not are_numbers(operand, self.model.value):
                return  # a number times a sequence can fill the memory
            plain = IN_PLACE[operation]
            self.both(lambda: operation(self.real, operand) is self.real,
                      lambda: self.model.change(lambda value: plain(value, operand), False)
                      is not NotImplemented)  # fmt: skip

        if integral:

            @rule(delta=operands, lo=operands, hi=operands, clamped=st.booleans())
            def bounded(self, delta, lo, hi, clamped):
                function = self.real.add_clamped if clamped else self.real.try_add
                found = outcome(lambda: function(delta, lo, hi))
                expected = outcome(lambda: self.model.try_add(delta, lo, hi, clamped))
                assert found == expected
                self.model.value = self.real.get() if found[0] == "returned" else self.model.value

    return Machine


MACHINES = {
    "AtomicInteger": (AtomicInteger, int, INTS | FLOATS, INTS, True, True),
    "AtomicLong": (AtomicLong, int, INTS, INTS, True, True),
    "AtomicFloat": (AtomicFloat, float, FLOATS | INTS, FLOATS, True, False),
    "AtomicNumber": (AtomicNumber, object, INTS | FLOATS, INTS | FLOATS, True, False),
    "AtomicBoolean": (AtomicBoolean, bool, st.booleans() | INTS, st.booleans(), False, False),
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_sequence_of_operations_ends_as_on_a_plain_variable(name, seed):
    check(machine(*MACHINES[name]), seed)
