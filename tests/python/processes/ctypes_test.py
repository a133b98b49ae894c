"""A number of a ctypes type takes, refuses and wraps what that type does."""

import ctypes
import multiprocessing
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomos.multiprocessing.atomic import AtomicCtypesReference, AtomicNumber

TYPES = {
    "c": ctypes.c_char,
    "u": ctypes.c_wchar,
    "b": ctypes.c_byte,
    "B": ctypes.c_ubyte,
    "h": ctypes.c_short,
    "H": ctypes.c_ushort,
    "i": ctypes.c_int,
    "I": ctypes.c_uint,
    "l": ctypes.c_long,
    "L": ctypes.c_ulong,
    "q": ctypes.c_longlong,
    "Q": ctypes.c_ulonglong,
    "f": ctypes.c_float,
    "d": ctypes.c_double,
}
INTEGERS = "bBhHiIlLqQ"

values = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(-(2**9), 2**9),
    st.floats(),
    st.booleans(),
    st.binary(max_size=2),
    st.characters(),
    st.text(max_size=2),
    st.none(),
)


def bits(value):
    """A value that equals itself: floats by their bits."""
    return struct.pack("d", value) if isinstance(value, float) and value == value else repr(value)


def outcome(function, *args):
    """The bits of what a function returns, or the class of what it raises."""
    try:
        return bits(function(*args))
    except (TypeError, ValueError, OverflowError) as error:
        return type(error)


@pytest.mark.parametrize("code", TYPES)
def test_every_typecode_of_multiprocessing_is_its_ctypes_type(code):
    start = {"c": b"x", "u": "x"}.get(code, 1)
    by_code = AtomicCtypesReference(code, start)
    by_type = AtomicCtypesReference(typecode_or_type=TYPES[code], value=start)

    assert by_code.get() == by_type.get() == multiprocessing.Value(code, start, lock=False).value


@pytest.mark.parametrize("code", TYPES)
@given(value=values)
def test_set_stores_what_the_ctypes_type_stores(code, value):
    number = AtomicCtypesReference(code)
    model = TYPES[code]()
    before = number.get()
    assert bits(before) == bits(model.value)

    wanted = outcome(lambda: setattr(model, "value", value))
    met = outcome(lambda: [number.set(value)].clear())

    assert met == wanted
    assert bits(number.get()) == bits(model.value)


@pytest.mark.parametrize("code", TYPES)
@given(value=values.filter(lambda value: value is not None))
def test_a_first_value_is_what_the_ctypes_type_makes_of_it(code, value):
    wanted = outcome(lambda: TYPES[code](value).value)
    met = outcome(lambda: AtomicCtypesReference(code, value).get())

    assert met == wanted


@pytest.mark.parametrize("code", INTEGERS + "fd")
@given(data=st.data())
def test_arithmetic_wraps_as_the_ctypes_type_does(code, data):
    number = AtomicNumber(code)
    model = TYPES[code]()
    exact = st.floats(-1e300, 1e300) if code in "fd" else st.integers(-(2**66), 2**66)
    small = st.integers(-300, 300)

    for _ in range(6):
        name = data.draw(st.sampled_from(["add", "subtract", "max", "min"]))
        x = data.draw(exact | small)
        old = model.value
        step = {
            "add": lambda a, b: a + b,
            "subtract": lambda a, b: a - b,
            "max": max,
            "min": min,
        }[name](old, x)
        model.value = step
        if data.draw(st.booleans()):
            assert getattr(number, f"{name}_and_get")(x) == model.value
        else:
            assert getattr(number, f"get_and_{name}")(x) == old
        assert bits(number.get()) == bits(model.value)


@pytest.mark.parametrize("code", INTEGERS)
@given(value=st.integers(-(2**70), 2**70), expect=st.integers(-(2**70), 2**70))
def test_an_expectation_is_not_wrapped(code, value, expect):
    number = AtomicNumber(code, value)
    stands = TYPES[code](value).value

    assert number.compare_and_set(expect, 1) == (stands == expect)
    assert number.get() == (1 if stands == expect else stands)


@given(value=st.floats(width=64))
def test_a_float_of_32_bits_rounds_and_then_equals_what_stands(value):
    number = AtomicNumber("f", value)
    stands = ctypes.c_float(value).value

    assert bits(number.get()) == bits(stands)
    assert number.compare_and_set(number.get(), 1.0)


@pytest.mark.parametrize(
    "wrong", [None, "x", "ii", "", 3, int, ctypes.Structure, ctypes.c_char_p, ctypes.c_void_p]
)
def test_what_is_no_simple_ctypes_type_is_refused(wrong):
    with pytest.raises(TypeError):
        AtomicCtypesReference(wrong, 0)
    with pytest.raises(TypeError):
        AtomicNumber(wrong, 0)


def test_functions_and_exchanges_of_a_ctypes_reference_see_its_values():
    letter = AtomicCtypesReference("c", b"a")

    assert letter.get_and_set(b"b") == b"a"
    assert letter.update_and_get(bytes.upper) == b"B"
    assert letter.compare_and_exchange(b"b", b"c") == (False, b"B")
    assert letter.compare_and_set(b"B", b"c")
    with pytest.raises(TypeError):
        letter.update_and_get(lambda one: one + one)
    assert letter.get() == b"c"
