"""AtomicView: over which memory, which item of it, and what it does to whoever owns it."""

import array
import ctypes
import gc
import mmap
import multiprocessing.shared_memory
import struct
import sys
import weakref

import pytest

from atomos import PermissionDenied
from atomos.atomic import AtomicView

INTEGERS = "bBhHiIlLqQnN"
FORMATS = INTEGERS + "fd?"
LITTLE = sys.byteorder == "little"


@pytest.mark.parametrize("code", FORMATS)
def test_an_item_is_read_and_written_as_struct_does(code):
    memory = bytearray(64)
    size = struct.calcsize(code)
    value = {"?": True, "f": 1.5, "d": 0.1}.get(code, 7)

    for index in (0, 1, -1):
        view = AtomicView(memory, index, format=code)
        view.set(value)

        place = (index % (64 // size)) * size
        assert struct.unpack_from(code, memory, place) == (value,)
        assert (view.get(), type(view.get())) == (value, type(value))
        assert view.format == code
    assert sum(map(bool, memory)) == sum(map(bool, struct.pack(code, value))) * 3


@pytest.mark.parametrize("code", "bBhHiIlLqQfd")
def test_the_items_of_an_array_are_taken_as_they_are(code):
    row = array.array(code, [1, 2, 3])

    view = AtomicView(row, 1)
    view.increment_and_get()
    view += 1

    assert list(row) == [1, 4, 3]
    assert view.format == code


OWNERS = {
    "bytearray": lambda: bytearray(16),
    "array": lambda: array.array("q", [0, 0]),
    "mmap": lambda: mmap.mmap(-1, 4096),
    "ctypes": lambda: (ctypes.c_int64 * 2)(),
    "memoryview": lambda: memoryview(bytearray(32))[16:],
}


@pytest.mark.parametrize("make", OWNERS.values(), ids=OWNERS)
def test_every_writable_buffer_has_items(make):
    owner = make()

    AtomicView(owner, 1, format="q").add_and_get(2**40)

    assert bytes(memoryview(owner).cast("B")[8:16]) == struct.pack("q", 2**40)


def test_shared_memory_has_items():
    memory = multiprocessing.shared_memory.SharedMemory(create=True, size=64)
    try:
        view = AtomicView(memory.buf, 3, format="q")

        assert view.add_and_get(5) == 5

        assert memory.buf[24] == 5
        del view
        gc.collect()
        memory.close()
    finally:
        memory.unlink()


@pytest.mark.parametrize(
    ("kind", "code"),
    [(ctypes.c_int8, "b"), (ctypes.c_uint16, "H"), (ctypes.c_int, "i"), (ctypes.c_long, "l"),
     (ctypes.c_uint64, "L"), (ctypes.c_float, "f"), (ctypes.c_double, "d"), (ctypes.c_bool, "?")],
)  # fmt: skip
def test_a_simple_ctypes_object_is_one_item(kind, code):
    variable = kind(1)

    view = AtomicView(variable)
    if code == "?":
        assert view.get_and_toggle() is True
    else:
        view.add_and_get(2)

    assert variable.value == (False if code == "?" else 3)
    with pytest.raises(IndexError):
        AtomicView(variable, 1)


def test_a_ctypes_type_of_the_other_byte_order_is_refused():
    other = (ctypes.c_int32.__ctype_be__ if LITTLE else ctypes.c_int32.__ctype_le__)(1)

    with pytest.raises(TypeError, match="in native byte order"):
        AtomicView(other)


def test_an_item_of_a_row_with_gaps_is_found():
    row = array.array("i", range(12))

    view = AtomicView(memoryview(row)[1::5], -1)
    view.set(77)
    AtomicView(memoryview(row)[::-1], 0).set(88)

    assert (row[11], row[1], row[6]) == (88, 1, 6)
    assert AtomicView(memoryview(row)[1::5], 1).get() == 6


def test_of_a_row_with_gaps_only_its_own_items_are_there():
    row = memoryview(array.array("i", range(12)))[::2]

    with pytest.raises(ValueError, match="gaps; allowed: one dimension"):
        AtomicView(row, format="b")


def test_the_items_of_more_dimensions_are_counted_as_they_lie():
    table = memoryview(bytearray(24)).cast("B").cast("i", shape=[2, 3])

    AtomicView(table, 4).set(9)

    assert table[1, 1] == 9


@pytest.mark.parametrize("index", [2, -3, 2**80, -(2**80)])
def test_an_index_outside_is_an_index_error_that_names_it_and_the_length(index):
    with pytest.raises(IndexError) as caught:
        AtomicView(bytearray(20), index, format="q")

    assert str(caught.value) == (
        f"an index of AtomicView is {index} and its length is 2; allowed: -2 to 1"
    )


def test_an_empty_buffer_has_no_item():
    for empty in (bytearray(), bytearray(7)):
        with pytest.raises(IndexError, match="length is 0; allowed: none"):
            AtomicView(empty, format="q")


@pytest.mark.parametrize("index", ["0", 1.0, None, slice(0, 1)])
def test_what_is_no_index_is_a_type_error(index):
    with pytest.raises(TypeError):
        AtomicView(bytearray(8), index)


def test_an_index_may_be_what_has_one():
    class Third:
        def __index__(self):
            return 2

    row = array.array("q", [1, 2, 3])

    assert AtomicView(row, Third()).get() == 3
    assert AtomicView(buffer=row, index=True).get() == 2


@pytest.mark.parametrize("code", [code for code in FORMATS if struct.calcsize(code) > 1])
def test_an_item_that_is_not_aligned_to_its_size_is_a_value_error(code):
    size = struct.calcsize(code)

    for offset in range(1, size):
        with pytest.raises(ValueError, match=f"is aligned to [124] bytes; {size} are needed"):
            AtomicView(memoryview(bytearray(64))[offset:], 1, format=code)


@pytest.mark.parametrize("code", ["x", "c", "s", "e", "P", "qq", "", "@q", "<i", "\N{SNOWMAN}"])
def test_an_unknown_format_is_a_type_error_that_names_it(code):
    with pytest.raises(TypeError) as caught:
        AtomicView(bytearray(8), format=code)

    assert str(caught.value) == (
        f'the format of AtomicView is {code!r}; allowed: one of "bBhHiIlLqQnNfd?"'
    )


def test_a_format_that_is_no_str_and_one_by_position_are_type_errors():
    with pytest.raises(TypeError, match="the format of AtomicView has to be a str, not bytes"):
        AtomicView(bytearray(8), format=b"q")
    with pytest.raises(TypeError, match="format is given by keyword"):
        AtomicView(bytearray(8), 0, "q")


def test_items_of_another_kind_are_refused_until_a_format_is_said():
    class Pair(ctypes.Structure):
        _fields_ = [("a", ctypes.c_int64), ("b", ctypes.c_int64)]

    pair = Pair(1, 2)

    with pytest.raises(TypeError, match="or say format="):
        AtomicView(pair)

    assert AtomicView(pair, 1, format="q").increment_and_get() == pair.b == 3


@pytest.mark.parametrize("owner", [5, None, "text", [1], object()])
def test_what_has_no_buffer_is_a_type_error(owner):
    with pytest.raises(TypeError):
        AtomicView(owner)


CHANGES = {
    "set": (1,), "get_and_set": (1,), "compare_and_set": (97, 1), "compare_and_exchange": (97, 1),
    "update_and_get": (abs,), "get_and_update": (abs,), "accumulate_and_get": (1, max),
    "get_and_accumulate": (1, max), "try_update": (abs,), "set_if_less": (1,),
    "set_if_greater": (99,), "add_and_get": (1,), "get_and_add": (1,), "subtract_and_get": (1,),
    "get_and_subtract": (1,), "checked_add_and_get": (1,), "increment_and_get": (),
    "get_and_increment": (), "decrement_and_get": (), "get_and_decrement": (), "max_and_get": (99,),
    "get_and_max": (99,), "min_and_get": (1,), "get_and_min": (1,), "bitwise_or_and_get": (1,),
    "get_and_bitwise_or": (1,), "bitwise_and_and_get": (1,), "get_and_bitwise_and": (1,),
    "bitwise_xor_and_get": (1,), "get_and_bitwise_xor": (1,), "try_add": (1, 0, 255),
    "add_clamped": (1, 0, 255), "__iadd__": (1,), "__ior__": (1,),
}  # fmt: skip


@pytest.mark.parametrize("method", CHANGES)
def test_a_read_only_buffer_is_not_changed(method):
    owner = b"abc"
    view = AtomicView(owner)

    with pytest.raises(PermissionDenied) as caught:
        getattr(view, method)(*CHANGES[method])

    assert str(caught.value) == (
        "the buffer of AtomicView, of bytes, is read-only; nothing was changed"
    )
    assert owner == b"abc"


def test_a_read_only_buffer_is_looked_at():
    view = AtomicView(memoryview(bytearray(b"abc")).toreadonly(), 1)

    assert view.read_only
    assert view.get() == 98
    assert view.wait(0) == 98
    assert view.wait_for(98, 0) is None
    assert view.notify_all() is None
    assert not AtomicView(bytearray(1)).read_only


def test_the_buffer_stays_exported_while_the_view_lives():
    memory = bytearray(8)
    view = AtomicView(memory)

    with pytest.raises(BufferError):
        memory.append(1)
    del view
    gc.collect()
    memory.append(1)

    assert len(memory) == 9


def test_a_view_keeps_its_owner_and_lets_it_go():
    class Memory(bytearray):
        pass

    memory = Memory(8)
    seen = weakref.ref(memory)
    view = AtomicView(memory)
    del memory
    gc.collect()

    assert view.increment_and_get() == 1
    assert seen() is not None
    del view
    gc.collect()
    assert seen() is None


def test_a_view_that_is_refused_exports_nothing():
    memory = bytearray(9)

    for wrong in ({"index": 9}, {"format": "x"}, {"format": 1}, {"index": "0"}):
        with pytest.raises((IndexError, TypeError)):
            AtomicView(memory, **wrong)
    view = AtomicView(memory)
    with pytest.raises(RuntimeError):
        view.__init__(memory, 1)
    del view
    gc.collect()
    memory.append(1)

    assert len(memory) == 10


def test_a_second_init_is_refused_and_changes_nothing():
    memory = bytearray(b"ab")
    view = AtomicView(memory)

    with pytest.raises(RuntimeError, match="AtomicView.__init__ has been called already"):
        view.__init__(memory, 1)

    assert view.get() == 97


def test_a_view_whose_init_did_not_run_says_so():
    view = AtomicView.__new__(AtomicView)

    for call in (
        view.get,
        lambda: view.set(1),
        lambda: view.add_and_get(1),
        lambda: view.wait_for(0, 0),
        lambda: view.__iadd__(1),
        lambda: view.format,
        lambda: repr(view),
    ):
        with pytest.raises(RuntimeError, match="AtomicView.__init__ has not been called"):
            call()
    view.notify_all()
