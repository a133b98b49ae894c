"""What the numbers' members compute, for each class."""

import operator
from decimal import Decimal
from fractions import Fraction

import pytest

from atomos.atomic import AtomicBoolean, AtomicFloat, AtomicInteger, AtomicNumber

from .kinds import INTEGERS, NUMBERS

by_number = pytest.mark.parametrize("kind", NUMBERS, ids=str)
by_integer = pytest.mark.parametrize("make", INTEGERS)
EDGES = [0, 1, -1, 2**31, 2**62 - 1, 2**62, -(2**62), 2**63 - 1, 2**63, -(2**63), 2**64, -(2**64)]


@by_number
def test_increment_and_decrement_return_the_new_or_the_old_value(kind):
    number = kind.make(kind.one)
    start = kind.one

    assert number.increment_and_get() == start + 1
    assert number.get_and_increment() == start + 1
    assert number.get_and_decrement() == start + 2
    assert number.decrement_and_get() == start
    assert number.get() == start
    assert type(number.get()) is type(start)


@by_integer
@pytest.mark.parametrize("start", EDGES)
@pytest.mark.parametrize("delta", [1, -1, 2**62, -(2**62), 2**63, -(2**63), 10**30, -(10**30)])
def test_integers_are_exact_across_every_word_size(make, start, delta):
    number = make(start)

    assert number.add_and_get(delta) == start + delta
    assert number.get_and_subtract(delta) == start + delta
    assert number.subtract_and_get(delta) == start - delta
    assert number.get_and_add(delta) == start - delta
    assert number.get() == start


@by_integer
@pytest.mark.parametrize("value", EDGES)
def test_integers_of_any_size_are_compared_and_exchanged(make, value):
    number = make(value)

    assert number.compare_and_set(value + 1, 5) is False
    assert number.compare_and_set(int(str(value)), value * 2) is True
    assert number.compare_and_exchange(value * 2, value) == (True, value)
    assert number.get_and_set(-value) == value
    assert number.get() == -value


@by_integer
def test_integers_take_bools_and_subclasses_of_int_and_give_them_back(make):
    class Port(int):
        pass

    port = Port(8080)

    assert make(True).get() is True
    assert make(port).get() is port
    assert make().set(port) is port
    assert "%d" % make(True).get() == "1"  # noqa: UP031
    assert make(True).add_and_get(1) == 2
    assert make(port).add_and_get(True) == 8081
    assert make(port).compare_and_set(8080, 1) is True


@by_integer
@pytest.mark.parametrize("delta", [1.5, 1.0, "1", None, Fraction(1), Decimal(1), [1], 1j])
def test_a_delta_that_makes_no_integer_is_a_type_error_and_the_value_stays(make, delta):
    for start in (3, 2**80):
        number = make(start)
        for name in ("add_and_get", "get_and_add", "subtract_and_get", "get_and_subtract"):
            with pytest.raises(TypeError):
                getattr(number, name)(delta)
        assert number.get() == start


@by_integer
def test_a_delta_may_know_by_itself_how_to_be_added(make):
    class Delta:
        def __radd__(self, value):
            return value + 10

        def __rsub__(self, value):
            return value - 10

    number = make(1)

    assert number.add_and_get(Delta()) == 11
    assert number.subtract_and_get(Delta()) == 1


def test_a_float_takes_ints_as_deltas_but_not_as_values():
    number = AtomicFloat(1.5)

    assert number.add_and_get(1) == 2.5
    assert number.get_and_subtract(True) == 2.5
    assert number.get() == 1.5
    assert type(number.get()) is float


@pytest.mark.parametrize(
    ("start", "delta"),
    [("ab", "cd"), ((1,), (2,)), ([1], [2]), (Fraction(1, 3), Fraction(1, 6)),
     (Decimal("0.1"), Decimal("0.2")), (1j, 2), (1, 2.5), (True, True)],
)  # fmt: skip
def test_an_atomic_number_takes_anything_that_can_be_added(start, delta):
    before = repr(start)
    number = AtomicNumber(start)

    assert number.get_and_add(delta) == start
    assert number.get() == start + delta
    assert repr(start) == before


def test_an_atomic_number_without_a_value_cannot_be_added_to():
    number = AtomicNumber()

    with pytest.raises(TypeError):
        number.add_and_get(1)
    assert number.get() is None


IN_PLACE = {
    "+=": operator.iadd, "-=": operator.isub, "*=": operator.imul, "//=": operator.ifloordiv,
    "%=": operator.imod, "**=": operator.ipow,
}  # fmt: skip
FOR_INTEGERS = {
    "<<=": operator.ilshift, ">>=": operator.irshift, "&=": operator.iand, "|=": operator.ior,
    "^=": operator.ixor,
}  # fmt: skip


@pytest.mark.parametrize(
    "operation", [*IN_PLACE.values(), operator.itruediv], ids=[*IN_PLACE, "/="]
)
@pytest.mark.parametrize("make", [AtomicNumber, AtomicFloat])
def test_in_place_operators_change_the_object_and_leave_the_name(make, operation):
    number = make(7.5)

    result = operation(number, 2)

    assert result is number
    assert number.get() == operation(7.5, 2)


@by_integer
@pytest.mark.parametrize("operation", [*IN_PLACE.values(), *FOR_INTEGERS.values()],
                         ids=[*IN_PLACE, *FOR_INTEGERS])  # fmt: skip
@pytest.mark.parametrize("start", [7, -7, 2**80 + 7, -(2**80) + 7])
def test_integers_have_the_in_place_operators_of_int(make, operation, start):
    number = make(start)

    result = operation(number, 3)

    assert result is number
    assert number.get() == operation(start, 3)


@by_integer
@pytest.mark.parametrize(
    ("operation", "operand", "error"),
    [
        (operator.itruediv, 2, TypeError),
        (operator.ipow, -1, TypeError),
        (operator.iadd, 0.5, TypeError),
        (operator.iand, 1.0, TypeError),
        (operator.ifloordiv, 0, ZeroDivisionError),
        (operator.imod, 0, ZeroDivisionError),
        (operator.ilshift, -1, ValueError),
    ],
)
def test_an_operator_that_fails_changes_nothing(make, operation, operand, error):
    number = make(6)

    with pytest.raises(error):
        operation(number, operand)

    assert number.get() == 6


def test_floats_have_no_bitwise_operators():
    number = AtomicFloat(1.0)

    for operation in FOR_INTEGERS.values():
        with pytest.raises(TypeError):
            operation(number, 1)
    assert number.get() == 1.0


def test_a_boolean_has_toggle_and_its_own_in_place_operators():
    flag = AtomicBoolean()

    assert flag.get_and_toggle() is False
    assert flag.get() is True
    same = flag
    flag &= False
    assert flag.get() is False
    flag |= True
    assert flag.get() is True
    flag ^= True
    assert flag is same
    assert flag.get() is False


@pytest.mark.parametrize("operation", [operator.iand, operator.ior, operator.ixor])
@pytest.mark.parametrize("wrong", [1, None, "yes", 1.0])
def test_a_booleans_operators_take_bools_only(operation, wrong):
    flag = AtomicBoolean(True)

    with pytest.raises(TypeError):
        operation(flag, wrong)

    assert flag.get() is True


def test_a_boolean_is_no_number():
    flag = AtomicBoolean(True)

    assert not hasattr(flag, "add_and_get")
    with pytest.raises(TypeError):
        flag += True


def test_adding_an_instance_of_a_subclass_of_int_makes_a_plain_int():
    class Delta(int):
        pass

    number = AtomicInteger(1)

    assert type(number.add_and_get(Delta(2))) is int
    assert type(number.get()) is int
