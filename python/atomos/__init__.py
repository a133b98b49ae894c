"""Atomic values for threads and processes.

    from atomos import Atom, AtomicInteger

Threads share what atomos.atomic and atomos.atom have; processes share what atomos.multiprocessing
has, under the same names. What is replaced is never seen half, and nobody waits for a lock.
"""

from __future__ import annotations

from . import atom, atomic, errors, util
from ._atomos import __version__
from ._words import UNCHANGED, Attempt
from .atom import ARef, Atom, Cursor, Lens, cursor, lens
from .atomic import (
    AtomicArray,
    AtomicBoolean,
    AtomicBooleanArray,
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
)
from .errors import (
    AlreadyExists,
    Damaged,
    Error,
    Full,
    Mismatch,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    Unavailable,
    ValidationError,
)

__all__ = [
    "UNCHANGED",
    "ARef",
    "AlreadyExists",
    "Atom",
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
    "Attempt",
    "Cursor",
    "Damaged",
    "Error",
    "Full",
    "Lens",
    "Mismatch",
    "NotFound",
    "OutcomeUnknown",
    "PermissionDenied",
    "Unavailable",
    "ValidationError",
    "__version__",
    "atom",
    "atomic",
    "cursor",
    "errors",
    "lens",
    "util",
]
