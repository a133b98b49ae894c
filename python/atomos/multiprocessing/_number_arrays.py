"""Numbers and truth values in a row, which processes share."""

from __future__ import annotations

from typing import SupportsIndex, TypeVar

from .. import atomic as threads
from .._atomos import (
    ProcessFloats,
    ProcessIntegers,
    ProcessLongs,
    ProcessNumbers,
    ProcessTruths,
)

__all__ = [
    "AtomicBooleanArray",
    "AtomicFloatArray",
    "AtomicIntegerArray",
    "AtomicLongArray",
    "AtomicNumberArray",
]

N = TypeVar("N")

# What they hold and how they travel is native and comes first; the methods with an index in front
# are those of threads, which ask at(index). The elements are other ones than threads':
# pyright: reportIncompatibleMethodOverride=false


class AtomicNumberArray(ProcessNumbers, threads.AtomicNumberArray[N]):
    """Numbers of a simple ctypes type in a row, in shared memory; each wraps as that type does.

    AtomicNumberArray(typecode_or_type, length), (typecode_or_type, length, value) or
    (typecode_or_type, values), and region= and name=: as AtomicLongArray, of AtomicNumbers. With a
    name it is C++'s AtomicArray of that type and name.
    """

    __module__ = "atomos.multiprocessing.atomic"


class AtomicLongArray(ProcessLongs, threads.AtomicLongArray):
    """64-bit ints in a row, in shared memory: side by side, as many as when it was made.

        hits = AtomicLongArray(16, region="shop", name="hits")
        hits.increment_and_get(3)               # with an index in front: all that an element can do
        hits[-1] += 1                           # hits[i] is a handle of the element: an AtomicLong

    AtomicLongArray(length), (length, value) or (values), and region= and name=: the array of that
    name, opened or made; C++'s AtomicLongArray is the same one. Without a name it is shared by fork
    and by pickling. An index is Python's: -1 is the last element. Each element is a variable by
    itself: a look at all of them is not one moment's. Waits for any of them meet: a change of
    another one wakes who waits, and he goes on waiting.

    Order, progress and errors are those of the elements.

    Bound      8 bytes an element, used again as an AtomicLong's. An element's handle keeps the
               array.
    Errors     IndexError names the index and the length. ValueError: a negative length. Mismatch:
               the array of that name has another length or type. Nothing has changed.
    Source     java.util.concurrent.atomic.AtomicLongArray.
    """

    __module__ = "atomos.multiprocessing.atomic"

    def checked_add_and_get(self, index: SupportsIndex, delta: int) -> int:
        """The same as add_and_get(): beyond 64 bits OverflowError, and nothing has changed."""
        return self.at(index).checked_add_and_get(delta)


class AtomicIntegerArray(ProcessIntegers, threads.AtomicIntegerArray):
    """The same as an AtomicLongArray, of AtomicIntegers, which have 64 bits between processes.

    C++'s AtomicIntegerArray has 32: it is AtomicNumberArray("i", length).
    """

    __module__ = "atomos.multiprocessing.atomic"

    def checked_add_and_get(self, index: SupportsIndex, delta: int) -> int:
        """The same as add_and_get(): beyond 64 bits OverflowError, and nothing has changed."""
        return self.at(index).checked_add_and_get(delta)


class AtomicFloatArray(ProcessFloats, threads.AtomicFloatArray):
    """Doubles in a row, in shared memory: as AtomicLongArray, of AtomicFloats. They take ints."""

    __module__ = "atomos.multiprocessing.atomic"


class AtomicBooleanArray(ProcessTruths, threads.AtomicBooleanArray):
    """Truth values in a row, in shared memory: as AtomicLongArray, of AtomicBooleans, a byte each.

    They take any object.
    """

    __module__ = "atomos.multiprocessing.atomic"
