"""AtomicView: what AtomicInteger, AtomicFloat and AtomicBoolean do, to an item of memory."""

import array
import copy
import math
import pickle
import struct
import threading
import weakref

import pytest

from atomos import UNCHANGED
from atomos.atomic import AtomicBoolean, AtomicFloat, AtomicInteger, AtomicView

from .misbehaving import Boom, raising
from .together import together

SIGNED, UNSIGNED, FLOATS = "bhilqn", "BHILQN", "fd"
INTEGERS = SIGNED + UNSIGNED


def bounds(code):
    bits = 8 * struct.calcsize(code)
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if code in SIGNED else (0, (1 << bits) - 1)


def viewed(code, value=None):
    view = AtomicView(bytearray(32), 1, format=code)
    if value is not None:
        view.set(value)
    return view


def of_kind(code):
    return AtomicBoolean if code == "?" else AtomicFloat if code in FLOATS else AtomicInteger


@pytest.mark.parametrize("code", ["q", "d", "?"])
def test_it_has_every_method_that_the_class_of_that_kind_has(code):
    theirs = {name for name in dir(of_kind(code)) if not name.startswith("_")}

    assert theirs - set(dir(AtomicView)) == set()


@pytest.mark.parametrize("code", INTEGERS)
def test_an_integer_has_its_width_and_what_is_beyond_changes_nothing(code):
    least, most = bounds(code)
    view = viewed(code)

    for edge, step in ((least, -1), (most, 1)):
        view.set(edge)
        for change in (
            lambda: view.set(edge + step),  # noqa: B023
            lambda: view.get_and_set(edge + step),  # noqa: B023
            lambda: view.compare_and_set(edge, edge + step),  # noqa: B023
            lambda: view.add_and_get(step),  # noqa: B023
            lambda: view.get_and_add(step),  # noqa: B023
            lambda: view.checked_add_and_get(step),  # noqa: B023
            lambda: view.subtract_and_get(-step),  # noqa: B023
            lambda: view.max_and_get(most + 1),
            lambda: view.get_and_min(least - 1),
            lambda: view.set_if_less(least - 1),
            lambda: view.update_and_get(lambda n: n + step),  # noqa: B023
            lambda: view.try_update(lambda n: n + 10**30),
            lambda: view.__iadd__(step),  # noqa: B023
            lambda: view.__ilshift__(70) if edge else view.__isub__(1),  # noqa: B023
        ):
            with pytest.raises(OverflowError) as caught:
                change()
            assert str(caught.value).endswith(
                f" is outside [{least}, {most}]; nothing was changed"
            )
            assert view.get() == edge
        assert view.try_add(step, least - 9, most + 9) is None
        assert view.add_clamped(3 * step, least, most) == edge


@pytest.mark.parametrize("code", INTEGERS)
def test_both_ends_of_the_width_are_held(code):
    for value in (*bounds(code), 0, 1):
        view = viewed(code, value)

        assert view.get() == view.get_and_set(0) == value


def test_an_int_of_many_digits_is_told_by_its_length():
    with pytest.raises(OverflowError, match=r"an int of 40001 bits is outside \[0, 255\]"):
        viewed("B").set(1 << 40000)


@pytest.mark.parametrize(
    ("code", "wanted", "wrong"),
    [
        ("i", "an int", ["1", None, 1.5, b"1"]),
        ("d", "a float or an int", ["1", None, 1j]),
        ("f", "a float or an int", ["1", None, 1j]),
        ("?", "a bool", ["1", None, 1, 0.0]),
    ],
)
def test_what_is_no_such_value_is_refused_by_name_and_nothing_changes(code, wanted, wrong):
    for given in wrong:
        view = viewed(code, True if code == "?" else 1)
        name = type(given).__name__

        for change in (
            lambda: view.set(given),  # noqa: B023
            lambda: view.get_and_set(given),  # noqa: B023
            lambda: view.compare_and_set(1, given),  # noqa: B023
            lambda: view.update_and_get(lambda _: given),  # noqa: B023
            lambda: view.set_if_greater(given),  # noqa: B023
        ):
            with pytest.raises(TypeError, match=f"AtomicView has to be {wanted}, not {name}"):
                change()
        assert view.get() == 1


@pytest.mark.parametrize(
    ("code", "kind", "calls"),
    [
        ("?", "numbers", ["increment_and_get", "get_and_decrement"]),
        ("?", "numbers", ["add_and_get 1", "get_and_subtract 1", "max_and_get 1", "get_and_min 1"]),
        ("?", "numbers", ["try_add 1 0 9", "add_clamped 1 0 9"]),
        ("?", "integers", ["bitwise_or_and_get 1", "checked_add_and_get 1"]),
        ("d", "integers", ["bitwise_xor_and_get 1", "get_and_bitwise_and 1"]),
        ("d", "integers", ["checked_add_and_get 1"]),
        ("d", "truth values", ["get_and_toggle"]),
        ("i", "truth values", ["get_and_toggle"]),
    ],
)
def test_a_method_of_another_kind_is_a_type_error_that_names_both(code, kind, calls):
    view = viewed(code)

    for call in calls:
        name, *arguments = call.split()
        with pytest.raises(TypeError) as caught:
            getattr(view, name)(*map(int, arguments))
        assert str(caught.value) == (
            f"{name}() is for {kind}; the format of this AtomicView is '{code}'"
        )
    assert not view.get()


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("?", lambda view: view.__iadd__(1)),
        ("?", lambda view: view.__ior__(1)),
        ("d", lambda view: view.__ior__(1)),
        ("d", lambda view: view.__ilshift__(1)),
    ],
)
def test_an_in_place_operator_of_another_kind_is_not_there(code, change):
    view = viewed(code)

    assert change(view) is NotImplemented
    assert not view.get()


def test_a_float_of_32_bits_is_rounded_and_what_stands_is_returned():
    view = viewed("f")
    rounded = struct.unpack("f", struct.pack("f", 0.1))[0]

    assert view.set(0.1) == 0.1
    assert view.get() == rounded != 0.1
    assert view.compare_and_set(0.1, 1) is False
    assert view.compare_and_exchange(rounded, 0.2).now == view.get()
    assert view.add_and_get(1e300) == math.inf
    assert viewed("f", 1.0).try_add(1e300, -math.inf, math.inf) is None
    assert viewed("f", 0.0).try_add(0.1, 0, 0.1) is None  # rounded it is more than 0.1


@pytest.mark.parametrize("code", FLOATS)
def test_nan_matches_nan_and_max_and_min_ignore_it(code):
    view = viewed(code, math.nan)

    assert view.wait_for(math.nan, 0) is None
    assert view.compare_and_set(1.0, 2.0) is False
    assert view.compare_and_set(math.nan, 2.0) is True
    assert view.max_and_get(math.nan) == view.min_and_get(math.nan) == 2.0
    assert math.isnan(view.update_and_get(lambda _: math.nan))
    assert view.add_clamped(1, 0, 9) != view.get()
    assert view.try_add(1, 0, 9) is None
    assert view.max_and_get(3) == 3.0
    view.set(-0.0)
    assert math.copysign(1, view.max_and_get(0.0)) == 1
    assert math.copysign(1, view.min_and_get(-0.0)) == -1


def test_a_truth_value_is_any_byte_but_zero():
    memory = bytearray([7])
    view = AtomicView(memory, format="?")

    assert view.get() is True
    assert view.compare_and_set(True, True) is True
    assert memory[0] == 1
    assert view.get_and_toggle() is True
    view ^= True
    view &= True
    view |= False
    assert view.get() is True


@pytest.mark.parametrize("code", ["q", "B", "d", "f", "?"])
def test_a_function_that_raises_changes_nothing(code):
    view = viewed(code, True if code == "?" else 1)

    for change in (
        lambda: view.update_and_get(raising),
        lambda: view.get_and_update(raising),
        lambda: view.accumulate_and_get(1, raising),
        lambda: view.get_and_accumulate(1, raising),
        lambda: view.try_update(raising),
    ):
        with pytest.raises(Boom):
            change()

    assert view.get() == 1


def test_a_function_may_decline():
    view = viewed("q", 5)

    assert view.try_update(lambda _: UNCHANGED) == (False, 5)
    assert view.try_update(lambda _: None) == (False, 5)
    assert view.try_update(lambda n: n + 1) == (True, 6)


def test_a_function_that_changes_the_item_runs_again():
    view = viewed("q", 1)
    seen = []

    def double(n):
        seen.append(n)
        if len(seen) == 1:
            view.set(10)
        return 2 * n

    assert view.update_and_get(double) == 20
    assert seen == [1, 10]


def test_an_expectation_that_changes_the_item_while_it_is_compared_is_asked_again():
    class Sly(int):
        def __eq__(self, other):
            asked.append(int(other))
            if len(asked) == 1:
                view.set(6)
            return int(self) == other

        __hash__ = None

    asked = []
    view = viewed("q", 5)

    assert view.compare_and_set(Sly(5), 9) is False
    assert asked == [5, 6]
    assert view.get() == 6


def test_bounds_that_are_none_are_refused_and_nothing_changes():
    view, real = viewed("b", 1), viewed("d", 1)

    for name in ("try_add", "add_clamped"):
        with pytest.raises(ValueError, match=rf"{name}\(\): lo has to be at most hi, not 2 and 1"):
            getattr(view, name)(1, 2, 1)
        with pytest.raises(ValueError, match=r"lo has to be at most hi, not 2 and 1"):
            getattr(real, name)(1, 2, 1)
        with pytest.raises(TypeError, match="a delta or bound has to be an int, not float"):
            getattr(view, name)(1, 0.5, 1)
        with pytest.raises(TypeError, match="has to be a float or an int, not str"):
            getattr(real, name)(1, 0.5, "1")
    with pytest.raises(OverflowError):
        view.add_clamped(1000, 0, 500)

    assert (view.get(), real.get()) == (1, 1)


WRITES = {
    "set": lambda view: view.set(2),
    "get_and_set": lambda view: view.get_and_set(2),
    "compare_and_set": lambda view: view.compare_and_set(1, 2),
    "compare_and_exchange": lambda view: view.compare_and_exchange(1, 2),
    "update_and_get": lambda view: view.update_and_get(lambda _: 2),
    "try_update": lambda view: view.try_update(lambda _: 2),
    "increment_and_get": lambda view: view.increment_and_get(),
    "try_add": lambda view: view.try_add(1, 0, 9),
    "set_if_greater": lambda view: view.set_if_greater(2),
    "+=": lambda view: view.__iadd__(1),
}


@pytest.mark.parametrize("code", ["B", "i", "q", "f", "d"])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_write_through_one_view_wakes_those_that_wait_at_another(code, write):
    memory = bytearray(16)
    one, other = AtomicView(memory, 1, format=code), AtomicView(memory, 1, format=code)
    one.set(1)

    *woken, _ = together(*[lambda: one.wait(1)] * 2, lambda: other.wait(1), lambda: write(other))

    assert woken == [2] * 3


def test_waits_at_a_thousand_items_are_each_ended_by_their_own_write():
    row = array.array("q", [0] * 1000)

    def waits(begin):
        return [AtomicView(row, i).wait(0) for i in range(begin, 1000, 3)]

    def writes():
        for i in range(1000):
            AtomicView(row, i).set(i + 1)

    *woken, _ = together(*(lambda begin=begin: waits(begin) for begin in range(3)), writes)

    assert woken == [list(range(begin + 1, 1001, 3)) for begin in range(3)]


def test_a_change_that_no_view_made_is_seen_after_a_notification():
    row = array.array("q", [0])
    view = AtomicView(row)
    woken = []
    waiter = threading.Thread(target=lambda: woken.append(view.wait(0)))
    waiter.start()

    row[0] = 5
    while waiter.is_alive():
        view.notify_all()
        waiter.join(0.001)

    assert woken == [5]


def test_no_addition_through_views_of_one_item_is_lost():
    for code in ("q", "H", "d"):
        memory = bytearray(16)

        def adds(memory=memory, code=code):
            view = AtomicView(memory, format=code)
            for _ in range(4000):
                view.increment_and_get()
                view += 1

        together(*[adds] * 4)

        assert AtomicView(memory, format=code).get() == 32_000
        assert not any(memory[8:])


def test_neighbours_in_one_word_do_not_disturb_each_other():
    memory = bytearray(8)

    def adds(index):
        view = AtomicView(memory, index)
        for _ in range(3000):
            view.update_and_get(lambda n: (n + 1) % 251)

    together(*(lambda i=i: adds(i) for i in range(4)))

    assert list(memory) == [3000 % 251] * 4 + [0] * 4


def test_of_rivals_that_expect_the_same_exactly_one_wins():
    memory = bytearray(8)

    won = together(
        *(
            lambda i=i: AtomicView(memory, format="q").compare_and_set(0, i)
            for i in range(1, 5)
        )
    )

    assert sum(won) == 1
    assert AtomicView(memory, format="q").get() == won.index(True) + 1


def test_instances_are_plain_objects():
    view, other = viewed("q"), viewed("q")

    class Port(AtomicView[int]):
        def __init__(self, name, memory):
            super().__init__(memory, format="H")
            self.name = name

    port = Port("http", bytearray(2))
    port += 80
    view.name = "hits"

    assert view == view != other
    assert bool(view) and weakref.ref(view)() is view
    assert (view.name, port.name, port.get()) == ("hits", "http", 80)
    assert repr(port) == f"<atomos.atomic.Port(80) object at {hex(id(port))}>"
    for copying in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="threads share it"):
            copying(view)
