"""A view against the atomic class of its kind, as far as the item's width, through any sequence."""

import operator
import struct

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from atomos import UNCHANGED
from atomos.atomic import AtomicBoolean, AtomicFloat, AtomicInteger, AtomicView

from .model import check, outcome
from .test_model_numbers import WRONG, are_numbers, same

SENTINEL = b"\xa5" * 8
FLOATS = st.floats(allow_nan=False)
IN_PLACE = ["iadd", "isub", "imul", "ifloordiv", "imod", "iand", "ior", "ixor", "itruediv"]
BY_VALUE = ["set", "get_and_set", "max_and_get", "get_and_max", "min_and_get", "get_and_min",
            "set_if_less", "set_if_greater"]  # fmt: skip
BY_OPERAND = ["add_and_get", "get_and_add", "subtract_and_get", "get_and_subtract",
              "bitwise_or_and_get", "get_and_bitwise_and", "bitwise_xor_and_get",
              "checked_add_and_get"]  # fmt: skip
BARE = ["increment_and_get", "get_and_increment", "decrement_and_get", "get_and_decrement",
        "get_and_toggle"]  # fmt: skip


def in_place(name):
    """What a statement with the operator does; `None` where it ends well."""
    return lambda cell, x: getattr(operator, name)(cell, x) and None


def machine(code, model, values, operands):
    size = struct.calcsize(code)
    bits = 8 * size
    least = -(1 << bits - 1) if code.islower() else 0
    most = least + (1 << bits) - 1

    def fits(value):
        return model is not AtomicInteger or not isinstance(value, int) or least <= value <= most

    class Machine(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.memory = bytearray(SENTINEL + bytes(8) + SENTINEL)
            self.view = AtomicView(self.memory, 8 // size, format=code)
            self.value = self.view.get()

        def both(self, name, *arguments, call=None, checked=()):
            def does(cell):
                made = (call or getattr(type(cell), name))(cell, *arguments)
                return tuple(made) if isinstance(made, tuple) else made

            if call is None and not hasattr(model, name):
                assert outcome(lambda: does(self.view)) == ("raised", TypeError)
                return
            twin = model(self.value)
            expected = outcome(lambda: does(twin))
            if any(not fits(x) for x in checked) and expected != ("raised", TypeError):
                expected = "raised", OverflowError
            elif expected[0] == "returned" and not fits(twin.get()):
                expected = ("returned", None) if name == "try_add" else ("raised", OverflowError)
            elif expected[0] == "returned":
                self.value = twin.get()
            found = outcome(lambda: does(self.view))
            assert found[0] == expected[0] and same(found[1], expected[1]), (found, expected)

        @invariant()
        def the_item_is_as_the_model_and_its_neighbours_are_untouched(self):
            assert same(self.view.get(), self.value)
            assert same(struct.unpack_from(code, self.memory, 8)[0], self.value)
            assert self.memory[:8] == self.memory[16:] == SENTINEL
            assert not any(self.memory[8 + size : 16])

        @rule(name=st.sampled_from(BY_VALUE), x=values | WRONG)
        def by_value(self, name, x):
            self.both(name, x, checked=(x,))

        @rule(name=st.sampled_from(BY_OPERAND), x=operands | WRONG)
        def by_operand(self, name, x):
            self.both(name, x)

        @rule(name=st.sampled_from(BARE))
        def bare(self, name):
            self.both(name)

        @rule(expect=values, update=values | WRONG, current=st.booleans(), exchange=st.booleans())
        def compare(self, expect, update, current, exchange):
            expect = self.value if current else expect
            self.both("compare_and_exchange" if exchange else "compare_and_set", expect, update)

        @rule(x=values | WRONG, leave=st.booleans(), old=st.booleans())
        def by_function(self, x, leave, old):
            self.both("try_update", lambda _: UNCHANGED if leave else x)
            self.both("get_and_update" if old else "update_and_get", lambda _: x)

        @rule(delta=operands, lo=operands, hi=operands, clamped=st.booleans())
        def bounded(self, delta, lo, hi, clamped):
            self.both("add_clamped" if clamped else "try_add", delta, lo, hi)

        @rule(name=st.sampled_from(IN_PLACE), x=operands | WRONG)
        def by_operator(self, name, x):
            if name == "imul" and not are_numbers(x):
                return  # a number times a sequence can fill the memory
            self.both(name, x, call=in_place(name))

    return Machine


EDGES = st.builds(
    operator.add,
    st.sampled_from([-(2**63), -(2**31), -128, 0, 127, 255, 65535, 2**31, 2**63, 2**64]),
    st.integers(-2, 2),
)
NEAR = st.integers(-300, 300)
ALL = st.integers() | EDGES | NEAR
MACHINES = {
    **{code: (AtomicInteger, ALL, ALL) for code in "bHqQ"},
    "d": (AtomicFloat, FLOATS, FLOATS | NEAR),
    "?": (AtomicBoolean, st.booleans(), st.booleans()),
}


@pytest.mark.parametrize("code", MACHINES)
def test_every_sequence_of_operations_ends_as_on_the_atomic_class_of_that_kind(code, seed):
    check(machine(code, *MACHINES[code]), seed)
