"""References that are replaced together with a stamp or a mark."""

from __future__ import annotations

from typing import Generic, TypeVar

from ._atomos import AtomicReference
from ._shared import Shared, refuse
from ._words import UNCHANGED, Unchanged

T = TypeVar("T")
Beside = TypeVar("Beside", int, bool)

# One immutable tuple is the whole state. It is equal to another one if their references are the
# same or equal, and then what stands beside them: what AtomicReference asks of two values.


def _beside(pair: tuple[T, Beside], reference: T, new: Beside) -> tuple[T, Beside] | Unchanged:
    """The same reference beside `new`, if it is the expected one."""
    current = pair[0]
    return (current, new) if current is reference or current == reference else UNCHANGED


class AtomicStampedReference(Shared, Generic[T]):
    """A reference and an int, replaced and seen together.

        top = AtomicStampedReference(node, 0)
        seen, stamp = top.get()
        top.compare_and_set(seen, seen.next, stamp, stamp + 1)

    Who counts the stamp up with each change notices a reference that came back. (The memory of a
    reference that somebody holds is never used again, so Python needs no stamp for that.)

    References are compared as in AtomicReference: the same object, or current == expected.

    Order      Every method is linearizable.
    Progress   Lock-free, but for what == does.
    Errors     TypeError: a stamp that is to be stored is not an int; what == raises. Nothing has
               changed.
    Cost       A change allocates a pair.
    Source     java.util.concurrent.atomic.AtomicStampedReference.
    """

    __module__ = "atomos.atomic"

    def __init__(self, initial_reference: T, initial_stamp: int) -> None:
        self._pair = AtomicReference((initial_reference, self._accepted(initial_stamp)))

    def get_reference(self) -> T:
        """Return the reference."""
        return self._pair.get()[0]

    def get_stamp(self) -> int:
        """Return the stamp."""
        return self._pair.get()[1]

    def get(self) -> tuple[T, int]:
        """Return (reference, stamp) as they stood together."""
        return self._pair.get()

    def set(self, new_reference: T, new_stamp: int) -> None:
        """Replace both, whatever they are."""
        self._pair.set((new_reference, self._accepted(new_stamp)))

    def compare_and_set(
        self, expected_reference: T, new_reference: T, expected_stamp: int, new_stamp: int
    ) -> bool:
        """Replace both if both are the expected ones; return whether that was so."""
        return self._pair.compare_and_set(
            (expected_reference, expected_stamp), (new_reference, self._accepted(new_stamp))
        )

    def attempt_stamp(self, expected_reference: T, new_stamp: int) -> bool:
        """Replace the stamp if the reference is the expected one; return whether that was so."""
        stamp = self._accepted(new_stamp)
        return self._pair.try_update(lambda pair: _beside(pair, expected_reference, stamp)).won

    def _accepted(self, stamp: object) -> int:
        return stamp if isinstance(stamp, int) else refuse(self, "stamp", "an int", stamp)

    def _shown(self) -> object:
        reference, stamp = self._pair.get()
        return f"{reference}, {stamp}"


class AtomicMarkableReference(Shared, Generic[T]):
    """A reference and a bool, replaced and seen together.

        link = AtomicMarkableReference(node, False)
        link.attempt_mark(node, True)               # logically removed; nobody links behind it now
        link.compare_and_set(node, after, True, False)

    As AtomicStampedReference, with a mark for the stamp.

    Source     java.util.concurrent.atomic.AtomicMarkableReference.
    """

    __module__ = "atomos.atomic"

    def __init__(self, initial_reference: T, initial_mark: bool) -> None:
        self._pair = AtomicReference((initial_reference, self._accepted(initial_mark)))

    def get_reference(self) -> T:
        """Return the reference."""
        return self._pair.get()[0]

    def is_marked(self) -> bool:
        """Return the mark."""
        return self._pair.get()[1]

    def get(self) -> tuple[T, bool]:
        """Return (reference, mark) as they stood together."""
        return self._pair.get()

    def set(self, new_reference: T, new_mark: bool) -> None:
        """Replace both, whatever they are."""
        self._pair.set((new_reference, self._accepted(new_mark)))

    def compare_and_set(
        self, expected_reference: T, new_reference: T, expected_mark: bool, new_mark: bool
    ) -> bool:
        """Replace both if both are the expected ones; return whether that was so."""
        return self._pair.compare_and_set(
            (expected_reference, expected_mark), (new_reference, self._accepted(new_mark))
        )

    def attempt_mark(self, expected_reference: T, new_mark: bool) -> bool:
        """Replace the mark if the reference is the expected one; return whether that was so."""
        mark = self._accepted(new_mark)
        return self._pair.try_update(lambda pair: _beside(pair, expected_reference, mark)).won

    def _accepted(self, mark: object) -> bool:
        return mark if isinstance(mark, bool) else refuse(self, "mark", "a bool", mark)

    def _shown(self) -> object:
        reference, mark = self._pair.get()
        return f"{reference}, {mark}"
