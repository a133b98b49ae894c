"""Single values that threads share: numbers, truth values and references.

    hits = AtomicInteger()
    hits.increment_and_get()
    hits += 5                                   # atomic, too
    config = AtomicReference({"port": 80})
    config.update_and_get(lambda c: {**c, "port": 8080})

Every method is linearizable, with the GIL and without it. No Python code (functions, comparisons,
finalizers) runs with anything locked.
"""

from __future__ import annotations

from ._atomos import (
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    AtomicReference,
)
from ._words import UNCHANGED, Attempt

__all__ = [
    "UNCHANGED",
    "AtomicBoolean",
    "AtomicFloat",
    "AtomicInteger",
    "AtomicLong",
    "AtomicNumber",
    "AtomicReference",
    "Attempt",
]
