"""Values as pickles, and how they are compared."""

from __future__ import annotations

from pickle import dumps, loads
from typing import Any

PROTOCOL = 5
"""Known to every Python that can open the same region."""

Seen = tuple[bytes, int, int]
"""What stood: a value's pickle, and which one it was."""


def pickled(value: object) -> bytes:
    return dumps(value, PROTOCOL)


class Expected:
    """A value that is compared with those that stand.

    A fresh copy is never the same object. So equal pickles stand for it, which NaN and objects
    without == have too; and what is not equal so is asked: value == expected.
    """

    __slots__ = ("_bytes", "_value")

    def __init__(self, value: Any) -> None:
        self._value = value
        self._bytes: bytes | None
        try:
            self._bytes = pickled(value)
        except Exception:  # what cannot be pickled may still be equal
            self._bytes = None

    def is_met_by(self, seen: Seen) -> bool:
        return self.is_in(seen[0])

    def is_in(self, data: bytes) -> bool:
        return data == self._bytes or bool(loads(data) == self._value)
