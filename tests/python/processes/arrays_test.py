"""Arrays of shared numbers: words side by side, and handles of them."""

import ctypes
import gc
import inspect
import operator
import pickle
import threading
import weakref

import pytest

import atomos.atomic
from atomos._atomos import claim_array
from atomos.multiprocessing import Region
from atomos.multiprocessing.atomic import (
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

from .children import METHODS, Child, call, together
from .variables import values_of


def shorts(*of, **place):
    return AtomicNumberArray("h", *of, **place)


# The array, its elements' class, and three values.
ARRAYS = {
    "AtomicArray": (AtomicArray, AtomicReference, ["one", ["other"], None]),
    "AtomicReferenceArray": (AtomicReferenceArray, AtomicReference, ["one", ["other"], None]),
    "AtomicBooleanArray": (AtomicBooleanArray, AtomicBoolean, [True, False, True]),
    "AtomicIntegerArray": (AtomicIntegerArray, AtomicInteger, [5, -(2**63), 2**63 - 1]),
    "AtomicLongArray": (AtomicLongArray, AtomicLong, [5, -(2**63), 2**63 - 1]),
    "AtomicFloatArray": (AtomicFloatArray, AtomicFloat, [1.5, -0.5, 1e300]),
    "AtomicNumberArray": (shorts, AtomicNumber, [5, -(2**15), 2**15 - 1]),
}
by_array = pytest.mark.parametrize(("make", "element", "values"), ARRAYS.values(), ids=ARRAYS)
each_method = pytest.mark.parametrize("method", METHODS)
INTEGERS = [AtomicIntegerArray, AtomicLongArray]


@by_array
def test_it_is_made_of_a_length_of_a_length_and_a_value_or_of_values(make, element, values):
    nothing = None if element is AtomicReference else 0

    assert values_of(make(3)) == [nothing] * 3
    assert values_of(make(2, values[0])) == [values[0]] * 2
    assert values_of(make(values)) == values_of(make(iter(values))) == values
    assert values_of(make([])) == values_of(make(0)) == []
    assert {type(one) for one in make(values)} == {element}
    assert len(make(values)) == make(values).length() == 3


@by_array
def test_an_element_is_found_from_either_end_and_is_a_handle(make, element, values):
    array = make(values)

    for index in range(-3, 3):
        assert array.get(index) == array[index].get() == array.at(index=index).get()
        assert array[index].get() == values[index]
    handle = array[1]
    array.set(1, values[0])
    assert handle.get() == values[0]
    handle.set(values[2])
    assert array.get(-2) == values[2]


@by_array
@pytest.mark.parametrize("index", [3, -4, 2**80, -(2**80)])
def test_an_index_outside_is_an_index_error_that_names_it_and_the_length(
    make, element, values, index
):
    array = make(values)

    for look in (array.at, array.get, array.__getitem__, lambda i: array.set(i, values[0])):
        with pytest.raises(IndexError) as caught:
            look(index)
        assert str(caught.value) == (
            f"an index of {type(array).__name__} is {index} and its length is 3; allowed: -3 to 2"
        )

    assert values_of(array) == values


@pytest.mark.parametrize("make", [AtomicLongArray, AtomicArray])
def test_an_empty_array_has_no_index(make):
    with pytest.raises(IndexError, match="length is 0; allowed: none"):
        make(0).get(0)


@pytest.mark.parametrize("index", ["0", 1.0, None, slice(0, 1)])
@pytest.mark.parametrize("make", [AtomicLongArray, AtomicArray])
def test_what_is_no_index_is_a_type_error(make, index):
    array = make(3)

    for look in (array.at, array.get, array.__getitem__):
        with pytest.raises(TypeError):
            look(index)


@by_array
def test_what_is_neither_length_nor_values_makes_no_array(folder, make, element, values):
    shop = Region.create("shop")

    for of in [(1.5,), (None,), ([1], 2), (), (1, 2, 3)]:
        with pytest.raises(TypeError):
            make(*of, region=shop, name="v")
    with pytest.raises(ValueError, match=r"the length of Atomic\w+ is -1; allowed: 0 and more"):
        make(-1, region=shop, name="v")

    assert shop.variables() == []


@pytest.mark.parametrize(
    ("make", "values", "error"),
    [
        (AtomicLongArray, [1, "2"], TypeError),
        (AtomicIntegerArray, [1, 2**63], OverflowError),
        (AtomicFloatArray, [1, "2"], TypeError),
        (shorts, [1, 0.5], TypeError),
        (AtomicArray, [1, lambda: None], (AttributeError, pickle.PicklingError)),
    ],
)
def test_a_value_that_the_elements_refuse_makes_no_array(folder, make, values, error):
    shop = Region.create("shop")

    with pytest.raises(error):
        make(values, region=shop, name="v")

    assert shop.variables() == []


@pytest.mark.parametrize("make", [AtomicLongArray, AtomicBooleanArray, shorts])
def test_a_length_that_no_region_holds_is_full(make):
    with pytest.raises(atomos.Full):
        make(2**62)


@pytest.mark.parametrize("length", [0, 3, 5])
@by_array
def test_an_array_of_another_length_is_a_mismatch_that_names_both(
    folder, make, element, values, length
):
    make(4, region="r", name="v")

    with pytest.raises(atomos.Mismatch, match=rf"\[4\].*\[{length}\].*was asked for"):
        make(length, region="r", name="v")


def test_the_values_of_who_opens_are_not_used(folder):
    AtomicLongArray([1, 2], region="r", name="v")

    assert values_of(AtomicLongArray([3, 4], region="r", name="v")) == [1, 2]


def test_integers_and_longs_are_one_type_of_64_bits_between_processes(folder):
    """As AtomicInteger and AtomicLong are; C++'s AtomicIntegerArray is AtomicNumberArray("i")."""
    integers = AtomicIntegerArray(2, region="r", name="v")

    AtomicLongArray(2, region="r", name="v").set(0, 2**40)

    assert integers.add_and_get(0, 1) == 2**40 + 1
    with pytest.raises(atomos.Mismatch, match=r"int64\[2\].*int32\[2\]"):
        AtomicNumberArray("i", 2, region="r", name="v")


@pytest.mark.parametrize("make", INTEGERS)
def test_an_integer_beyond_64_bits_is_an_overflow_error_and_changes_nothing(make):
    array = make([2**63 - 1, -(2**63), 0])

    for change in (
        lambda: array.increment_and_get(0),
        lambda: array.checked_add_and_get(0, 1),
        lambda: array.get_and_decrement(1),
        lambda: array.set(2, 2**63),
        lambda: array.update_and_get(2, lambda _: -(2**63) - 1),
        lambda: operator.iadd(array[0], 1),
    ):
        with pytest.raises(OverflowError):
            change()

    assert values_of(array) == [2**63 - 1, -(2**63), 0]


@pytest.mark.parametrize(
    ("code", "size"), [("b", 1), ("B", 1), ("h", 2), ("H", 2), ("i", 4), ("I", 4), ("q", 8)]
)
def test_numbers_of_every_width_stand_side_by_side_and_wrap_alone(folder, code, size):
    array = AtomicNumberArray(code, 5, region="r", name="v")
    least = -(1 << 8 * size - 1) if code.islower() else 0
    most = least + (1 << 8 * size) - 1
    array.set(2, most)

    assert array.increment_and_get(2) == least
    assert array.decrement_and_get(2) == most
    assert values_of(array) == [0, 0, most, 0, 0]
    (variable,) = Region.open("r").variables()
    assert (variable.kind, variable.size) == ("array", 5 * size)


def test_a_ctypes_class_is_a_type_of_numbers():
    array = AtomicNumberArray(ctypes.c_double, [1, 2])

    assert array.add_and_get(0, 0.5) == 1.5
    with pytest.raises(TypeError, match="no type for a shared number"):
        AtomicNumberArray("x", 3)


def doubled(value, *_):
    return value * 2


# A method of integers, and its arguments.
FORMS = {
    "get": (),
    "read": (doubled,),
    "set": (9,),
    "get_and_set": (9,),
    "compare_and_set": (6, 9),
    "compare_and_exchange": (6, 9),
    "update_and_get": (doubled,),
    "get_and_update": (doubled,),
    "accumulate_and_get": (4, operator.sub),
    "get_and_accumulate": (4, operator.sub),
    "try_update": (doubled,),
    "set_if_less": (5,),
    "set_if_greater": (7,),
    "wait": (5,),
    "wait_for": (6, 0),
    "wait_until": (6, 0),
    "notify_one": (),
    "notify_all": (),
    "add_and_get": (4,),
    "get_and_add": (4,),
    "subtract_and_get": (4,),
    "get_and_subtract": (4,),
    "increment_and_get": (),
    "get_and_increment": (),
    "decrement_and_get": (),
    "get_and_decrement": (),
    "max_and_get": (9,),
    "get_and_max": (9,),
    "min_and_get": (4,),
    "get_and_min": (4,),
    "bitwise_or_and_get": (9,),
    "get_and_bitwise_or": (9,),
    "bitwise_and_and_get": (3,),
    "get_and_bitwise_and": (3,),
    "bitwise_xor_and_get": (3,),
    "get_and_bitwise_xor": (3,),
    "try_add": (3, 0, 9),
    "add_clamped": (4, 0, 9),
    "checked_add_and_get": (4,),
}


def public(cls):
    return {name for name in dir(cls) if not name.startswith("_")}


def test_the_forms_leave_out_no_method():
    assert public(AtomicLong) == set(FORMS)


@by_array
def test_every_method_of_an_element_is_there_with_an_index_in_front(make, element, values):
    cls = type(make(values))

    assert public(cls) >= public(element) | {"at", "length"}
    for name in public(element):
        of_array = list(inspect.signature(getattr(cls, name)).parameters)
        of_element = [
            parameter.name
            for parameter in inspect.signature(getattr(element, name)).parameters.values()
            if parameter.kind is not parameter.VAR_POSITIONAL  # options: array[i] itself takes them
        ]
        assert of_array == ["self", "index", *of_element[1:]], name


@pytest.mark.parametrize("make", INTEGERS)
@pytest.mark.parametrize(("method", "arguments"), FORMS.items())
def test_a_form_does_to_its_element_alone_what_the_elements_method_does(make, method, arguments):
    array, alone = make([6, 6, 6]), AtomicInteger(6)

    answer = getattr(array, method)(1, *arguments)

    assert answer == getattr(alone, method)(*arguments)
    assert values_of(array) == [6, alone.get(), 6]


def test_in_place_arithmetic_changes_the_element_and_leaves_it_where_it_is():
    longs, floats, flags, any_ = (
        AtomicLongArray(2),
        AtomicFloatArray(2),
        AtomicBooleanArray(2),
        AtomicArray([1, 2]),
    )
    first = any_[0]

    longs[1] += 5
    longs[-1] *= 3
    floats[0] -= 0.5
    flags[1] |= True

    assert values_of(longs) == [0, 15]
    assert values_of(floats) == [-0.5, 0.0]
    assert values_of(flags) == [False, True]
    assert any_[0] is first


@pytest.mark.parametrize("make", [AtomicLongArray, AtomicArray])
def test_an_element_cannot_be_replaced_or_removed(make):
    array = make([0, 0])

    for other in (5, AtomicLong(5), array[1], make([0, 0])[0]):
        with pytest.raises(TypeError, match="set\\(index, value\\) replaces its value"):
            array[0] = other
    with pytest.raises((TypeError, AttributeError)):
        del array[0]

    assert values_of(array) == [0, 0]


def test_an_element_keeps_its_array():
    element = AtomicLongArray([1, 2])[1]
    gc.collect()

    others = [AtomicLongArray([7, 7]) for _ in range(3)]

    assert element.increment_and_get() == 3
    assert [values_of(other) for other in others] == [[7, 7]] * 3


def test_an_element_in_a_cycle_with_its_array_is_collected():
    array = AtomicLongArray(2)
    array.first = array[0]
    array.first.array = array
    seen = weakref.ref(array)

    del array
    gc.collect()

    assert seen() is None


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_element_travels_with_its_array_and_attributes(protocol):
    array = AtomicLongArray([1, 2])
    element = array[1]
    element.label = "second"

    other = pickle.loads(pickle.dumps(element, protocol))
    other.set(9)

    assert (type(other), other.label) == (AtomicLong, "second")
    assert values_of(array) == [1, 9]


def test_an_address_with_another_form_than_the_arrays_is_refused():
    _, (form, length, address), *_ = AtomicLongArray(4).__reduce_ex__(4)

    with pytest.raises(ValueError, match="no array of"):
        AtomicFloatArray._attached(form, length, address)
    for wrong in (AtomicLongArray, AtomicNumberArray):
        with pytest.raises(atomos.Mismatch):
            wrong._attached(form, length + 1, address)
        with pytest.raises(ValueError):
            wrong._attached(99, length, address)


def test_an_array_of_processes_is_one_of_threads_by_its_class():
    assert issubclass(AtomicLongArray, atomos.atomic.AtomicLongArray)
    assert issubclass(AtomicReferenceArray, AtomicArray)
    assert issubclass(AtomicArray, atomos.atomic.AtomicArray)


def wait_and_answer(array, index, old, answers):
    answers.set(index, array.wait(index, old))


@each_method
def test_who_waits_for_an_element_is_woken_for_it_and_not_for_another(method):
    array, answers = AtomicLongArray(3), AtomicLongArray(3)
    children = [Child(method, wait_and_answer, array, i, 0, answers) for i in (0, 2)]

    for _ in range(100):
        array.increment_and_get(1)
    array.set(2, 5)
    answers.wait(2, 0)
    first = values_of(answers)
    array[0].set(7)
    for child in children:
        child.answer()

    assert first == [0, 0, 5]
    assert values_of(answers) == [7, 0, 5]


def add_to_each(array, rounds):
    for i in range(rounds):
        array.increment_and_get(i % 4)
        array[i % 4] += 2


@each_method
@pytest.mark.parametrize("make", [AtomicLongArray, AtomicFloatArray, shorts])
def test_no_addition_of_any_process_is_lost_in_any_element(method, make):
    array = make(4)

    together(method, *[(add_to_each, array, 2000)] * 3)

    assert values_of(array) == [3 * 500 * 3] * 4


def compare_each(array):
    return [array.compare_and_set(i, 0, 1) for i in range(500)]


@each_method
def test_of_rivals_for_one_element_exactly_one_wins(method):
    array = AtomicNumberArray("b", 500)

    won = together(method, *[(compare_each, array)] * 3)

    assert [sum(each) for each in zip(*won, strict=True)] == [1] * 500


def test_threads_that_make_handles_of_one_array_lose_nothing():
    array = AtomicLongArray(4)
    threads = [threading.Thread(target=add_to_each, args=(array, 2000)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert values_of(array) == [4 * 500 * 3] * 4


def test_references_by_name_are_variables_of_their_own(folder):
    pages = AtomicReferenceArray(["a", "b"], region="r", name="pages")

    AtomicReference(None, region="r", name="pages[1]").set(["c"])

    assert values_of(pages) == ["a", ["c"]]


def test_who_is_killed_while_he_makes_references_leaves_some_and_who_opens_makes_the_rest(folder):
    claim_array("r", "half", 2)
    AtomicReference("there", region="r", name="half[0]")

    assert values_of(AtomicArray(2, "new", region="r", name="half")) == ["there", "new"]


def write_all(array):
    for i in range(array.length()):
        array.set(i, [i, *array.get(i)])


@each_method
def test_a_thousand_references_travel(method):
    array = AtomicArray(1000, ["x"])

    call(method, write_all, array)

    assert values_of(array) == [[i, "x"] for i in range(1000)]
