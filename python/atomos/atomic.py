"""Single values that threads share: numbers, truth values and references.

    hits = AtomicInteger()
    hits.increment_and_get()
    hits += 5                                   # atomic, too
    config = AtomicReference({"port": 80})
    config.update_and_get(lambda c: {**c, "port": 8080})
    doors = AtomicIntegerArray(8)
    doors.increment_and_get(3)                  # the fourth
    served = LongAdder()
    served.increment()                          # by threads that do not meet each other

Every method is linearizable, with the GIL and without it. No Python code (functions, comparisons,
finalizers) runs with anything locked.
"""

from __future__ import annotations

from ._arrays import AtomicArray, AtomicBooleanArray, AtomicReferenceArray
from ._atomos import (
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    AtomicReference,
    AtomicView,
    DoubleAccumulator,
    DoubleAdder,
    LongAccumulator,
    LongAdder,
)
from ._number_arrays import (
    AtomicFloatArray,
    AtomicIntegerArray,
    AtomicLongArray,
    AtomicNumberArray,
)
from ._options import SwapOptions, TryOptions
from ._stamped import AtomicMarkableReference, AtomicStampedReference
from ._words import UNCHANGED, Attempt

__all__ = [
    "UNCHANGED",
    "AtomicArray",
    "AtomicBoolean",
    "AtomicBooleanArray",
    "AtomicFloat",
    "AtomicFloatArray",
    "AtomicInteger",
    "AtomicIntegerArray",
    "AtomicLong",
    "AtomicLongArray",
    "AtomicMarkableReference",
    "AtomicNumber",
    "AtomicNumberArray",
    "AtomicReference",
    "AtomicReferenceArray",
    "AtomicStampedReference",
    "AtomicView",
    "Attempt",
    "DoubleAccumulator",
    "DoubleAdder",
    "LongAccumulator",
    "LongAdder",
    "SwapOptions",
    "TryOptions",
]
