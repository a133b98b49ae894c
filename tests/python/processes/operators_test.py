"""The in-place operators are one atomic change each; there are no others."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomos.multiprocessing.atomic import AtomicFloat, AtomicInteger, AtomicLong, AtomicNumber

from .children import METHODS, together

ON_INTEGERS = [
    operator.iadd, operator.isub, operator.imul, operator.ifloordiv, operator.imod, operator.ipow,
    operator.ilshift, operator.irshift, operator.iand, operator.ior, operator.ixor,
]  # fmt: skip
ON_FLOATS = [
    operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv,
    operator.imod, operator.ipow,
]  # fmt: skip
LEAST, MOST = -(2**63), 2**63 - 1


def outcome(function, *args):
    """What a function returns, or the class of what it raises."""
    try:
        return function(*args)
    except (ArithmeticError, TypeError, ValueError) as error:
        return type(error)


@pytest.mark.parametrize("apply", ON_INTEGERS, ids=lambda f: f.__name__)
@given(value=st.integers(LEAST, MOST) | st.integers(-9, 9), operand=st.integers(-70, 70))
def test_an_operator_on_an_integer_gives_what_python_gives_or_overflows(apply, value, operand):
    number = AtomicLong(value)
    wanted = outcome(apply, value, operand)
    if isinstance(wanted, int) and not LEAST <= wanted <= MOST:
        wanted = OverflowError
    elif isinstance(wanted, (float, complex)):
        wanted = TypeError  # 2 ** -1 is no integer

    met = outcome(apply, number, operand)

    if isinstance(wanted, type):
        assert (met, number.get()) == (wanted, value)
    else:
        assert met is number
        assert number.get() == wanted


@pytest.mark.parametrize("apply", ON_FLOATS, ids=lambda f: f.__name__)
@given(value=st.floats(allow_nan=False), operand=st.floats(-9, 9) | st.integers(-9, 9))
def test_an_operator_on_a_float_gives_what_python_gives(apply, value, operand):
    number = AtomicFloat(value)
    wanted = outcome(apply, value, operand)
    if isinstance(wanted, complex):
        wanted = TypeError

    met = outcome(apply, number, operand)

    if isinstance(wanted, type):
        assert (met, number.get()) == (wanted, value)
    else:
        assert met is number
        assert repr(number.get()) == repr(wanted)


def test_a_division_of_an_integer_that_leaves_no_int_is_refused():
    number = AtomicInteger(7)

    with pytest.raises(TypeError):
        number /= 2

    assert number.get() == 7


def test_operators_on_a_number_of_a_ctypes_type_wrap_as_it_does():
    number = AtomicNumber("b", 100)

    number += 100
    assert number.get() == -56
    number <<= 1
    assert number.get() == -112
    number |= 1
    assert number.get() == -111


@pytest.mark.parametrize("kind", [AtomicInteger, AtomicLong, AtomicFloat])
def test_there_is_no_plus_and_no_conversion(kind):
    number = kind(1)

    for refused in (lambda: number + 1, lambda: 1 + number, lambda: int(number), lambda: -number):
        with pytest.raises(TypeError):
            refused()


def add_in_place(number, rounds):
    for _ in range(rounds):
        number += 3
        number -= 2


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", [AtomicLong, AtomicFloat])
def test_operators_of_several_processes_lose_nothing(method, kind):
    number = kind(0)

    together(method, *[(add_in_place, number, 2000)] * 2)

    assert number.get() == 4000
