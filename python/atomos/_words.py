"""The words that native and Python code share: Attempt and UNCHANGED."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:

    class Attempt(NamedTuple, Generic[T]):
        won: bool
        now: T

else:
    # A generic NamedTuple needs Python 3.11; subscripting a tuple's class works on all.
    class Attempt(NamedTuple):
        """How a conditional change ended: whether it won, and the value that stands now."""

        won: bool
        now: object

    Attempt.__module__ = "atomos.atomic"


class Unchanged(enum.Enum):
    """The type of UNCHANGED."""

    UNCHANGED = "UNCHANGED"

    def __repr__(self) -> str:
        return "atomos.UNCHANGED"


UNCHANGED = Unchanged.UNCHANGED
"""What a function returns to try_update() and try_swap() to leave the value."""
