"""The classes of the thread scope, with values that each of them takes."""

from typing import Any, NamedTuple

from atomos.atomic import (
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    AtomicReference,
)


class Kind(NamedTuple):
    """A class, the value it has if none is given, and two others that differ."""

    make: Any
    default: Any
    one: Any
    other: Any

    def __str__(self):
        return self.make.__name__


REFERENCE = Kind(AtomicReference, None, "one", ["other"])
BOOLEAN = Kind(AtomicBoolean, False, True, False)
NUMBER = Kind(AtomicNumber, None, 3, 4.5)
INTEGER = Kind(AtomicInteger, 0, 7, 2**80)
LONG = Kind(AtomicLong, 0, -7, -(2**80))
FLOAT = Kind(AtomicFloat, 0.0, 1.5, -2.25)

KINDS = [REFERENCE, BOOLEAN, NUMBER, INTEGER, LONG, FLOAT]
NUMBERS = [NUMBER, INTEGER, LONG, FLOAT]
INTEGERS = [AtomicInteger, AtomicLong]
TYPED = [BOOLEAN, INTEGER, LONG, FLOAT]
