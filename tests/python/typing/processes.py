"""What the types of atomos.multiprocessing are: read by mypy and pyright, never run."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

import ctypes
from typing import Any

from typing_extensions import assert_type

import atomos.atom
from atomos.multiprocessing import Participant, Recovered, Region, Variable
from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import (
    UNCHANGED,
    AtomicArray,
    AtomicBoolean,
    AtomicBooleanArray,
    AtomicCtypesReference,
    AtomicFloat,
    AtomicFloatArray,
    AtomicInteger,
    AtomicIntegerArray,
    AtomicLong,
    AtomicLongArray,
    AtomicMarkableReference,
    AtomicNumber,
    AtomicNumberArray,
    AtomicReference,
    AtomicReferenceArray,
    AtomicStampedReference,
    Attempt,
    DoubleAccumulator,
    DoubleAdder,
    LongAccumulator,
    LongAdder,
)

shop = Region.open_or_create("shop", bytes=1 << 20, participants=8)
assert_type(shop, Region)
assert_type(Region.open("shop", read_only=True).read_only, bool)
assert_type(Region.list(), list[str])
assert_type(Region.remove("shop"), bool)
assert_type(shop.variables(), list[Variable])
assert_type(shop.participants(), list[Participant])
assert_type(shop.recover(), Recovered)

orders = AtomicLong(0, region="shop", name="orders")
orders += 1
assert_type(orders, AtomicLong)
assert_type(orders.get(), int)
assert_type(orders.try_add(1, lo=0, hi=9), int | None)
assert_type(AtomicInteger(region=shop, name="left").increment_and_get(), int)
assert_type(AtomicFloat(1).add_and_get(0.5), float)
assert_type(AtomicBoolean("yes").get_and_toggle(), bool)
AtomicLong(0, "shop", "orders")  # type: ignore[call-arg]
AtomicLong("0")  # type: ignore[arg-type]
orders.add_and_get(0.5)  # type: ignore[arg-type]

# The type of a ctypes value, from a typecode or a class.
assert_type(AtomicCtypesReference("i", 3), AtomicCtypesReference[int])
assert_type(AtomicCtypesReference("d").get(), float)
assert_type(AtomicCtypesReference("?").get(), bool)
assert_type(AtomicCtypesReference("c", b"x").get(), bytes)
assert_type(AtomicCtypesReference("u").get(), str)
assert_type(AtomicNumber(ctypes.c_ushort, 3).add_and_get(1), int)
assert_type(AtomicNumber(ctypes.c_double).max_and_get(1.5), float)
assert_type(AtomicNumber("q", 3), AtomicNumber[int])
AtomicCtypesReference("i", "3")  # type: ignore[call-overload]
AtomicCtypesReference("x", 3)  # type: ignore[call-overload]

motto = AtomicReference("festina", region=shop, name="motto")
assert_type(motto, AtomicReference[str])
assert_type(motto.update_and_get(str.upper), str)
assert_type(motto.try_update(lambda text: text or UNCHANGED), Attempt[str])
assert_type(motto.wait_for("a", 1), str | None)
motto.set(3)  # type: ignore[arg-type]

# Arrays: their elements are those of processes.
hits = AtomicLongArray(16, region="shop", name="hits")
hits[-1] += 1
assert_type(hits[0], AtomicLong)
assert_type([one.get() for one in hits], list[int])
assert_type(hits.try_add(3, 1, lo=0, hi=9), int | None)
assert_type(AtomicIntegerArray([1, 2]).at(0), AtomicInteger)
assert_type(AtomicFloatArray(2, 1)[0], AtomicFloat)
assert_type(AtomicBooleanArray(["yes", 0]).get_and_toggle(0), bool)
assert_type(AtomicNumberArray("h", 3), AtomicNumberArray[int])
assert_type(AtomicNumberArray(ctypes.c_float, [0.5])[0], AtomicNumber[float])
assert_type(AtomicArray(["a", "b"], region=shop, name="pages")[0], AtomicReference[str])
assert_type(AtomicReferenceArray(3, "a").update_and_get(0, str.upper), str)
AtomicLongArray(3, "4")  # type: ignore[arg-type]
AtomicLongArray(3, 4, "shop", "hits")  # type: ignore[call-arg]
AtomicNumberArray("h", ["4"])  # type: ignore[call-overload]
hits.set(0, 0.5)  # type: ignore[arg-type]

# Pairs, sums and other totals.
top = AtomicStampedReference("draft", 0, region="shop", name="top")
assert_type(top.get(), tuple[str, int])
assert_type(top.compare_and_set("draft", "final", 0, 1), bool)
assert_type(AtomicMarkableReference([1], False).get_reference(), list[int])
top.set(3, 1)  # type: ignore[arg-type]
served = LongAdder(region="shop", name="served")
served += 1
assert_type(served, LongAdder)
assert_type(served.sum_then_reset(), int)
assert_type(DoubleAdder().sum(), float)
assert_type(LongAccumulator(max, 0, region=shop, name="most").get_then_reset(), int)
assert_type(DoubleAccumulator(lambda a, b: a * b, 1).get(), float)
served.add(0.5)  # type: ignore[arg-type]
LongAccumulator(len, 0)  # type: ignore[arg-type]

# A process's atom is used as a thread's.
state = Atom({"users": 0}, region="shop", name="state")
assert_type(state, Atom[dict[str, int]])
assert_type(state.version(), int)
assert_type(state.swap(lambda s: {**s, "ada": 1}), dict[str, int])


def tell(key: str, ref: Atom[dict[str, int]], old: object, new: Any) -> None:
    print(key, ref.version())


state.add_watch("log", tell, everyone=True)
state.add_watch("log", tell)
state.add_watch("log", tell, True, delivery="latest", once=True, executor=lambda task: task())
with state.watching(tell, "while", everyone=True, delivery="latest") as while_open:
    assert_type(while_open, str)
Atom(0, "shop", "state")  # type: ignore[call-arg]


def by_any(shared: atomos.atom.Atom[dict[str, int]]) -> None:
    shared.add_watch("log", tell)  # type: ignore[arg-type]


by_any(state)
