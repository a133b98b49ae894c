"""What the types of atomos.atomic are: read by mypy and pyright, never run."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from array import array
from fractions import Fraction

from typing_extensions import assert_type

import atomos
from atomos import (
    UNCHANGED,
    AtomicArray,
    AtomicBoolean,
    AtomicBooleanArray,
    AtomicFloat,
    AtomicFloatArray,
    AtomicInteger,
    AtomicIntegerArray,
    AtomicLong,
    AtomicMarkableReference,
    AtomicNumber,
    AtomicNumberArray,
    AtomicReference,
    AtomicReferenceArray,
    AtomicStampedReference,
    AtomicView,
    Attempt,
    DoubleAccumulator,
    DoubleAdder,
    LongAccumulator,
    LongAdder,
)

# A reference has the type of its first value; without one it has to be said.
motto = AtomicReference("festina")
assert_type(motto, AtomicReference[str])
assert_type(motto.get(), str)
assert_type(motto.set("lente"), str)
assert_type(motto.get_and_set("lente"), str)
assert_type(motto.compare_and_set("a", "b"), bool)
assert_type(motto.compare_and_exchange("a", "b"), Attempt[str])
assert_type(motto.update_and_get(lambda text: text.upper()), str)
assert_type(motto.get_and_update(str.upper), str)
assert_type(motto.accumulate_and_get(3, lambda text, times: text * times), str)
assert_type(motto.get_and_accumulate(x=3, fn=lambda text, times: text * times), str)
assert_type(motto.try_update(lambda text: "b" if text == "a" else UNCHANGED), Attempt[str])
assert_type(motto.set_if_less("a"), bool)
assert_type(motto.set_if_greater(value="a"), bool)
assert_type(motto.wait("a"), str)
assert_type(motto.wait_for("a", 1), str | None)
assert_type(motto.wait_until(old="a", deadline=1.5), str | None)
assert_type(motto.notify_all(), None)
assert_type(motto._value, str)

nobody: AtomicReference[str | None] = AtomicReference()
assert_type(AtomicReference[str | None]().get(), str | None)
somebody = AtomicReference[str | None]("ada")
assert_type(somebody.set(None), str | None)
unsaid = AtomicReference()  # type: ignore[var-annotated]

won, now = motto.compare_and_exchange("a", "b")
assert_type(won, bool)
assert_type(now, str)
assert_type(motto.compare_and_exchange("a", "b").now, str)

# Nothing is taken that would not be a value.
motto.set(3)  # type: ignore[arg-type]
motto.compare_and_set("a", None)  # type: ignore[arg-type]
motto.update_and_get(len)  # type: ignore[arg-type]
motto.try_update(lambda text: None)  # type: ignore[arg-type,return-value]
motto.wait_for("a")  # type: ignore[call-arg]
wider: AtomicReference[object] = motto  # type: ignore[assignment]

# Numbers.
hits = AtomicInteger()
assert_type(hits, AtomicInteger)
assert_type(hits.get(), int)
assert_type(hits.add_and_get(delta=2), int)
assert_type(hits.get_and_decrement(), int)
assert_type(hits.max_and_get(True), int)
assert_type(hits.try_add(-1, lo=0, hi=9), int | None)
assert_type(hits.add_clamped(-1, 0, 9), int)
assert_type(hits.bitwise_or_and_get(mask=1), int)
assert_type(hits.try_update(lambda n: n + 1 if n < 9 else None), Attempt[int])
hits += 1
hits <<= 2
hits |= 1
hits **= 2
assert_type(hits, AtomicInteger)

hits.set("3")  # type: ignore[arg-type]
hits.add_and_get(1.5)  # type: ignore[arg-type]
hits + 1  # type: ignore[operator]
int(hits)  # type: ignore[call-overload]
AtomicInteger("3")  # type: ignore[arg-type]

long = AtomicLong(2**80)
long -= 1
assert_type(long, AtomicLong)
number: AtomicNumber[int] = long
integer: AtomicInteger = long  # type: ignore[assignment]

clock = AtomicFloat(1.5)
assert_type(clock.add_and_get(1), float)
assert_type(clock.min_and_get(0.5), float)
clock /= 2
assert_type(clock.try_add(0.5, lo=0, hi=9.5), float | None)
assert_type(clock.add_clamped(1, 0, 9.5), float)
clock.try_add("1", 0, 9)  # type: ignore[arg-type]
clock.bitwise_or_and_get(1)  # type: ignore[attr-defined]
clock.set(None)  # type: ignore[arg-type]

share = AtomicNumber(Fraction(1, 3))
assert_type(share.add_and_get(1), Fraction)
share *= Fraction(1, 2)
assert_type(share, AtomicNumber[Fraction])

is_open = AtomicBoolean()
assert_type(is_open.get_and_toggle(), bool)
is_open &= False
assert_type(is_open, AtomicBoolean)
is_open.set(1)  # type: ignore[arg-type]
is_open |= 1  # type: ignore[arg-type]


class Port(AtomicInteger):
    """Subclasses stay themselves in place, and may have other arguments."""

    def __init__(self, host: str, value: int = 80) -> None:
        self.host = host
        super().__init__(value)


port = Port("localhost")
port += 1
assert_type(port, Port)
assert_type(port.host, str)

# What is replaced together.
top = AtomicStampedReference("a", 0)
assert_type(top, AtomicStampedReference[str])
assert_type(top.get(), tuple[str, int])
assert_type(top.compare_and_set("a", "b", 0, 1), bool)
assert_type(top.attempt_stamp("b", new_stamp=2), bool)
top.set("b", "1")  # type: ignore[arg-type]
link = AtomicMarkableReference[str | None](None, False)
assert_type(link.get(), tuple[str | None, bool])
assert_type(link.is_marked(), bool)
link.attempt_mark(None, 1)  # type: ignore[arg-type]

# Arrays.
row = AtomicIntegerArray(8)
assert_type(row.get(0), int)
assert_type(row[-1], AtomicInteger)
assert_type(row.at(1).bitwise_or_and_get(1), int)
assert_type([one.get() for one in row], list[int])
assert_type(row.try_add(1, 5, lo=0, hi=9), int | None)
assert_type(row.accumulate_and_get(1, x=3, fn=lambda n, x: n + x), int)
assert_type(row.try_update(1, lambda n: n + 1 if n < 9 else None), Attempt[int])
row[0] += 1
row.set(0, "1")  # type: ignore[arg-type]
row[0] = 1  # type: ignore[assignment]
AtomicIntegerArray(["1"])  # type: ignore[list-item]
assert_type(AtomicFloatArray(3, 1.5).max_and_get(0, 2.5), float)
assert_type(AtomicBooleanArray([True]).get_and_toggle(0), bool)
assert_type(AtomicBooleanArray(3)[0], AtomicBoolean)
assert_type(AtomicNumberArray([Fraction(1, 3)]).add_and_get(0, 1), Fraction)
mottos = AtomicReferenceArray(["festina", "lente"])
assert_type(mottos, AtomicReferenceArray[str])
assert_type(mottos[0], AtomicReference[str])
assert_type(AtomicReferenceArray[str | None](3).get(0), str | None)
words: AtomicArray[str] = mottos
numbers: AtomicNumberArray[int] = row
row.get_and_toggle(0)  # type: ignore[attr-defined]

assert_type(AtomicFloatArray(3).try_add(1, 0.5, lo=0, hi=9), float | None)

# Sums and other results in parts.
served = LongAdder()
assert_type(served.add(x=3), None)
assert_type(served.sum_then_reset(), int)
served += 1
served -= 1
assert_type(served, LongAdder)
served.add(1.5)  # type: ignore[arg-type]
served += 1.5  # type: ignore[arg-type]
served.get()  # type: ignore[attr-defined]
spent = DoubleAdder()
spent += 1
spent.add(0.5)
assert_type(spent.sum(), float)
spent.add("1")  # type: ignore[arg-type]
longest = LongAccumulator(max, 0)
assert_type(longest.accumulate(3), None)
assert_type(longest.get_then_reset(), int)
LongAccumulator(lambda a, b: a * b, identity=1).accumulate("3")  # type: ignore[arg-type]
LongAccumulator(lambda a, b: str(a), 0)  # type: ignore[arg-type,return-value]
assert_type(DoubleAccumulator(min, 9.5).get(), float)

# Memory that somebody else owns: its type is said by the format, or by an array.
hits_row = array("q", [0] * 8)
view = AtomicView(hits_row, 3)
assert_type(view, AtomicView[int])
assert_type(view.increment_and_get(), int)
assert_type(view.try_add(1, lo=0, hi=9), int | None)
assert_type(view.bitwise_or_and_get(mask=1), int)
assert_type(view.compare_and_exchange(1, 2), Attempt[int])
assert_type(view.read_only, bool)
view += 1
view <<= 2
view |= 1
assert_type(view, AtomicView[int])
view.get_and_toggle()  # type: ignore[misc]
view.set(1.5)  # type: ignore[arg-type]
ratio = AtomicView(bytearray(8), format="d")
assert_type(ratio.add_and_get(1), float)
assert_type(ratio.add_clamped(0.5, 0, 9), float)
ratio /= 2
ratio.bitwise_or_and_get(1)  # type: ignore[misc]
is_set = AtomicView(memoryview(bytearray(8)), -1, format="?")
assert_type(is_set.get_and_toggle(), bool)
is_set |= True
assert_type(AtomicView(bytearray(8)).get(), int)
assert_type(AtomicView(array("d", [0.5])).max_and_get(1), float)
AtomicView(5)  # type: ignore[call-overload]
AtomicView(bytearray(8), 0, "q")  # type: ignore[call-overload]
anything: AtomicView[int] = AtomicView(memoryview(bytearray(8)))

refused: RuntimeError | ValueError = atomos.ValidationError("no")
assert_type(atomos.__version__, str)
