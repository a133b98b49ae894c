"""Arrays: what their elements can do, with an index in front."""

import copy
import inspect
import operator
import pickle

import pytest

import atomos
from atomos.atomic import (
    AtomicArray,
    AtomicBoolean,
    AtomicBooleanArray,
    AtomicFloat,
    AtomicFloatArray,
    AtomicInteger,
    AtomicIntegerArray,
    AtomicLong,
    AtomicLongArray,
    AtomicNumber,
    AtomicNumberArray,
    AtomicReference,
    AtomicReferenceArray,
)

from .together import together

# The array, its elements' class, and three values.
ARRAYS = {
    "AtomicArray": (AtomicArray, AtomicReference, ["one", ["other"], None]),
    "AtomicReferenceArray": (AtomicReferenceArray, AtomicReference, ["one", ["other"], None]),
    "AtomicBooleanArray": (AtomicBooleanArray, AtomicBoolean, [True, False, True]),
    "AtomicNumberArray": (AtomicNumberArray, AtomicNumber, [3, 4.5, -1]),
    "AtomicIntegerArray": (AtomicIntegerArray, AtomicInteger, [7, 2**80, -1]),
    "AtomicLongArray": (AtomicLongArray, AtomicLong, [-7, -(2**80), 1]),
    "AtomicFloatArray": (AtomicFloatArray, AtomicFloat, [1.5, -2.25, 0.0]),
}
by_array = pytest.mark.parametrize(("make", "element", "values"), ARRAYS.values(), ids=ARRAYS)


def values_of(array):
    return [one.get() for one in array]


@by_array
def test_of_a_length_it_has_so_many_elements_of_the_default(make, element, values):
    array = make(3)

    assert (len(array), array.length()) == (3, 3)
    assert values_of(array) == [element().get()] * 3
    assert {type(one) for one in array} == {element}
    assert len({id(one) for one in array}) == 3


@by_array
def test_of_a_length_and_a_value_each_element_has_it(make, element, values):
    assert values_of(make(2, values[0])) == [values[0]] * 2


@by_array
def test_of_values_it_has_an_element_for_each(make, element, values):
    assert values_of(make(values)) == values
    assert values_of(make(iter(values))) == values
    assert values_of(make([])) == values_of(make(0)) == []


@by_array
def test_an_element_is_found_from_either_end_as_in_a_list(make, element, values):
    array = make(values)

    for index in range(-3, 3):
        assert array.get(index) == values[index]
        assert array[index] is array.at(index)
        assert array[index] is list(array)[index]


@by_array
@pytest.mark.parametrize("index", [3, -4, 2**80])
def test_an_index_outside_is_an_index_error_that_names_it_and_the_length(
    make, element, values, index
):
    array = make(values)

    for look in (array.at, array.get, array.__getitem__, lambda i: array.set(i, values[0])):
        with pytest.raises(IndexError) as caught:
            look(index)
        assert str(caught.value) == (
            f"an index of {make.__name__} is {index} and its length is 3; allowed: -3 to 2"
        )
        assert caught.value.__suppress_context__

    assert values_of(array) == values


def test_an_empty_array_has_no_index():
    with pytest.raises(IndexError, match="length is 0; allowed: none"):
        AtomicIntegerArray(0).get(0)


@pytest.mark.parametrize("index", ["0", 1.0, None, slice(0, 1)])
def test_what_is_no_index_is_a_type_error(index):
    array = AtomicIntegerArray(3)

    for look in (array.at, array.get, array.__getitem__):
        with pytest.raises(TypeError):
            look(index)


def test_a_negative_length_is_a_value_error_that_names_it():
    with pytest.raises(ValueError) as caught:
        AtomicIntegerArray(-1)

    assert str(caught.value) == "the length of AtomicIntegerArray is -1; allowed: 0 and more"


@pytest.mark.parametrize("of", [(1.5,), (None,), ([1], 2), (), (1, 2, 3)])
def test_what_is_neither_length_nor_values_is_a_type_error(of):
    with pytest.raises(TypeError):
        AtomicIntegerArray(*of)


def test_a_value_that_the_elements_refuse_makes_no_array_and_changes_none():
    array = AtomicIntegerArray(2)

    with pytest.raises(TypeError, match="the value of AtomicInteger has to be an int, not str"):
        AtomicIntegerArray([1, "2"])
    with pytest.raises(TypeError):
        AtomicFloatArray(2, 1)
    with pytest.raises(TypeError):
        array.set(0, 1.5)

    assert values_of(array) == [0, 0]


@by_array
def test_every_method_of_an_element_is_there_with_an_index_in_front(make, element, values):
    mine = {name for name in dir(make) if not name.startswith("_")}
    theirs = {name for name in dir(element) if not name.startswith("_")}

    assert mine == theirs | {"at", "length"}
    for name in theirs:
        of_array = list(inspect.signature(getattr(make, name)).parameters)
        of_element = list(inspect.signature(getattr(element, name)).parameters)
        assert of_array == ["self", "index", *of_element[1:]], name


def doubled(value, *_):
    return value * 2


# A method of integers, and its arguments.
FORMS = [
    ("get", ()),
    ("read", (doubled,)),
    ("set", (9,)),
    ("get_and_set", (9,)),
    ("compare_and_set", (6, 9)),
    ("compare_and_set", (5, 9)),
    ("compare_and_exchange", (6, 9)),
    ("update_and_get", (doubled,)),
    ("get_and_update", (doubled,)),
    ("accumulate_and_get", (4, operator.sub)),
    ("get_and_accumulate", (4, operator.sub)),
    ("try_update", (doubled,)),
    ("try_update", (lambda _: None,)),
    ("set_if_less", (5,)),
    ("set_if_less", (6,)),
    ("set_if_greater", (7,)),
    ("set_if_greater", (6,)),
    ("wait", (5,)),
    ("wait_for", (6, 0)),
    ("wait_until", (6, 0)),
    ("notify_one", ()),
    ("notify_all", ()),
    ("add_and_get", (4,)),
    ("get_and_add", (4,)),
    ("subtract_and_get", (4,)),
    ("get_and_subtract", (4,)),
    ("increment_and_get", ()),
    ("get_and_increment", ()),
    ("decrement_and_get", ()),
    ("get_and_decrement", ()),
    ("max_and_get", (9,)),
    ("get_and_max", (9,)),
    ("min_and_get", (4,)),
    ("get_and_min", (4,)),
    ("bitwise_or_and_get", (9,)),
    ("get_and_bitwise_or", (9,)),
    ("bitwise_and_and_get", (3,)),
    ("get_and_bitwise_and", (3,)),
    ("bitwise_xor_and_get", (3,)),
    ("get_and_bitwise_xor", (3,)),
    ("try_add", (4, 0, 9)),
    ("try_add", (3, 0, 9)),
    ("add_clamped", (4, 0, 9)),
    ("checked_add_and_get", (4,)),
]


def test_the_forms_leave_out_no_method():
    public = {name for name in dir(AtomicInteger) if not name.startswith("_")}

    assert public - {name for name, _ in FORMS} == set()


@pytest.mark.parametrize("make", [AtomicIntegerArray, AtomicLongArray])
@pytest.mark.parametrize(("method", "arguments"), FORMS)
def test_a_form_does_to_its_element_alone_what_the_elements_method_does(make, method, arguments):
    array, alone = make([6, 6, 6]), AtomicInteger(6)

    answer = getattr(array, method)(1, *arguments)

    assert answer == getattr(alone, method)(*arguments)
    assert values_of(array) == [6, alone.get(), 6]


def test_a_toggle_toggles_its_element_alone():
    array = AtomicBooleanArray(3)

    assert array.get_and_toggle(-1) is False
    assert values_of(array) == [False, False, True]


def test_a_function_that_raises_an_index_error_is_told_as_it_is():
    array = AtomicReferenceArray([[]])

    with pytest.raises(IndexError, match="list index out of range"):
        array.update_and_get(0, lambda value: value[1])


def test_in_place_arithmetic_changes_the_element_and_leaves_it_where_it_is():
    array = AtomicIntegerArray(2)
    element = array[1]

    array[1] += 5
    array[-1] *= 3

    assert array[1] is element
    assert values_of(array) == [0, 15]


@pytest.mark.parametrize("other", [5, AtomicInteger(5)])
def test_an_element_cannot_be_replaced_by_another_object(other):
    array = AtomicIntegerArray(2)

    with pytest.raises(TypeError, match="set\\(index, value\\) replaces its value"):
        array[0] = other

    assert values_of(array) == [0, 0]


def test_repr_shows_the_values():
    array = AtomicIntegerArray([1, 2])

    assert repr(array) == f"<atomos.atomic.AtomicIntegerArray([1, 2]) object at {hex(id(array))}>"


@pytest.mark.parametrize("copying", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_copy_is_refused(copying):
    with pytest.raises(TypeError, match="threads share it"):
        copying(AtomicIntegerArray(2))


def test_arrays_derive_from_each_other_as_their_elements_do():
    for make, element, _ in ARRAYS.values():
        for other, other_element, _ in ARRAYS.values():
            if other is not AtomicReferenceArray is not make:
                assert issubclass(make, other) is issubclass(element, other_element)


def test_no_addition_is_lost_in_any_element():
    array = AtomicIntegerArray(4)

    def work():
        for i in range(20_000):
            array.increment_and_get(i % 4)
            array[i % 4] += 1

    together(*(work,) * 4)

    assert values_of(array) == [40_000] * 4


def test_of_rivals_for_one_element_exactly_one_wins():
    array = atomos.AtomicReferenceArray(2)

    won = together(*(lambda name=name: array.compare_and_set(1, None, name) for name in "abcd"))

    assert sum(won) == 1
    assert array.get(1) == "abcd"[won.index(True)]
    assert array.get(0) is None
