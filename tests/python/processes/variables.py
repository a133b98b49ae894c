"""The types of many words, or of a pair: how each is made, changed and looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from atomos.multiprocessing.atomic import (
    AtomicArray,
    AtomicBooleanArray,
    AtomicFloatArray,
    AtomicIntegerArray,
    AtomicLongArray,
    AtomicMarkableReference,
    AtomicNumberArray,
    AtomicReferenceArray,
    AtomicStampedReference,
    DoubleAccumulator,
    DoubleAdder,
    LongAccumulator,
    LongAdder,
)


def smaller(a, b):
    return a if a < b else b


def values_of(array):
    return [one.get() for one in array]


@dataclass(frozen=True)
class Kind:
    """A class with its arguments; `change` leads from the value `begun` to `changed`."""

    make: Callable[..., Any]
    arguments: tuple
    value: Callable[[Any], Any]
    begun: Any
    change: Callable[[Any], Any]
    changed: Any
    shown: str
    type: str  # as the region calls it

    def __call__(self, *, cls=None, **place):
        return (cls or self.make)(*self.arguments, **place)


def array(make, arguments, begun, change, changed, type_):
    return Kind(make, arguments, values_of, begun, change, changed, str(begun), type_)


VARIABLES = {
    "AtomicArray": array(
        AtomicArray, ([1, "b"],), [1, "b"], lambda a: a.set(0, [2]), [[2], "b"], "pickle[2]"
    ),
    "AtomicReferenceArray": array(
        AtomicReferenceArray,
        (3, "x"),
        ["x"] * 3,
        lambda a: a.set(-1, "y"),
        ["x", "x", "y"],
        "pickle[3]",
    ),
    "AtomicIntegerArray": array(
        AtomicIntegerArray,
        ([1, 2],),
        [1, 2],
        lambda a: a.add_and_get(1, 2**40),
        [1, 2 + 2**40],
        "int64[2]",
    ),
    "AtomicLongArray": array(
        AtomicLongArray, (3,), [0, 0, 0], lambda a: a.decrement_and_get(-1), [0, 0, -1], "int64[3]"
    ),
    "AtomicFloatArray": array(
        AtomicFloatArray,
        (2, 1),
        [1.0, 1.0],
        lambda a: a.add_and_get(0, 0.5),
        [1.5, 1.0],
        "float64[2]",
    ),
    "AtomicBooleanArray": array(
        AtomicBooleanArray,
        ([0, "x"],),
        [False, True],
        lambda a: a.get_and_toggle(0),
        [True, True],
        "bool[2]",
    ),
    "AtomicNumberArray": array(
        AtomicNumberArray,
        ("h", [1, -2]),
        [1, -2],
        lambda a: a.add_and_get(0, 2**15),
        [1 - 2**15, -2],
        "int16[2]",
    ),
    "AtomicStampedReference": Kind(
        AtomicStampedReference,
        ("a", 1),
        AtomicStampedReference.get,
        ("a", 1),
        lambda s: s.compare_and_set("a", ["b"], 1, 2),
        (["b"], 2),
        "a, 1",
        "stamped<pickle>",
    ),
    "AtomicMarkableReference": Kind(
        AtomicMarkableReference,
        ("a", False),
        AtomicMarkableReference.get,
        ("a", False),
        lambda s: s.attempt_mark("a", True),
        ("a", True),
        "a, False",
        "markable<pickle>",
    ),
    "LongAdder": Kind(LongAdder, (), LongAdder.sum, 0, lambda a: a.add(-3), -3, "0", "int64"),
    "DoubleAdder": Kind(
        DoubleAdder, (), DoubleAdder.sum, 0.0, lambda a: a.add(0.5), 0.5, "0.0", "float64"
    ),
    "LongAccumulator": Kind(
        LongAccumulator,
        (max, -1),
        LongAccumulator.get,
        -1,
        lambda a: a.accumulate(7),
        7,
        "-1",
        "int64 from -1",
    ),
    "DoubleAccumulator": Kind(
        DoubleAccumulator,
        (smaller, 9),
        DoubleAccumulator.get,
        9.0,
        lambda a: a.accumulate(0.5),
        0.5,
        "9.0",
        "float64 from 9",
    ),
}
