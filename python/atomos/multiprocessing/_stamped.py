"""References with a stamp or a mark, which processes share."""

from __future__ import annotations

from pickle import loads
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from .. import util
from .._atomos import ProcessMarkable, ProcessReference, ProcessStamped
from .._shared import refuse
from ._pickles import Expected, pickled

if TYPE_CHECKING:
    from . import Region

T = TypeVar("T")
Beside = TypeVar("Beside", int, bool)


def _blank(native: type[ProcessReference[Any]]) -> ProcessReference[Any]:
    """One that says that __init__ has not been called."""
    return native.__new__(native)


class _Tagged(Generic[T, Beside]):
    """A reference and what stands beside it.

    The value is one pickle: of the reference's own pickle, and of what stands beside it. So a look
    at the latter unpickles no reference, and a reference is compared by its own pickle, then by ==.
    """

    _cell: ProcessReference[tuple[bytes, Beside]]
    _native: ClassVar[Any]

    def _begin(
        self, reference: T, beside: Beside, region: str | Region | None, name: str | None
    ) -> None:
        if "_cell" in self.__dict__:
            raise RuntimeError(f"{type(self).__name__}.__init__ has been called already")
        self._cell = self._native((pickled(reference), beside), region=region, name=name)

    def __repr__(self) -> str:
        reference, beside = self.get()
        return util.repr("atomos.multiprocessing.atomic", self, f"{reference}, {beside}")

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        attributes = {name: value for name, value in self.__dict__.items() if name != "_cell"}
        return type(self)._attached, (self._cell,), attributes or None

    @classmethod
    def _attached(cls, cell: ProcessReference[Any]) -> Any:
        made = cls.__new__(cls)
        made._cell = cell
        return made

    def get_reference(self) -> T:
        """Return the reference: a copy of one's own."""
        return cast("T", loads(self._cell.get()[0]))

    def get(self) -> tuple[T, Beside]:
        """Return both as they stood together; the reference is a copy of one's own."""
        data, beside = self._cell.get()
        return loads(data), beside

    def _put(self, reference: T, beside: Beside) -> None:
        self._cell.set((pickled(reference), beside))

    def _compare(self, reference: T, new: T, beside: Beside, new_beside: Beside) -> bool:
        expected = Expected(reference)
        cell, update = self._cell, None
        while True:
            seen = cell._look()
            data, now = loads(seen[0])
            if not expected.is_in(data) or now != beside:
                return False
            if update is None:
                update = pickled((pickled(new), new_beside))
            if cell._replace(seen, update, 0):
                return True

    def _attempt(self, reference: T, new_beside: Beside) -> bool:
        expected = Expected(reference)
        cell = self._cell
        while True:
            seen = cell._look()
            data = loads(seen[0])[0]
            if not expected.is_in(data):
                return False
            if cell._replace(seen, pickled((data, new_beside)), 0):
                return True


class AtomicStampedReference(_Tagged[T, int]):
    """A reference and an int in shared memory, replaced and seen together.

        top = AtomicStampedReference("draft", 0, region="shop", name="top")
        seen, stamp = top.get()
        top.compare_and_set(seen, "final", stamp, stamp + 1)

    The reference is any value that can be pickled: what get() returns is a copy of one's own. It is
    compared by its pickle, then by ==, the stamp by ==. Who counts the stamp up with each change
    notices a value that came back. With region= and name= it is the variable of that name, opened
    or made; without them it is shared by fork and by pickling.

    Order      Every method is linearizable.
    Progress   Lock-free. A process that is killed blocks nobody.
    Cost       get_stamp() unpickles no reference, and a new stamp alone pickles none.
    Errors     TypeError: a stamp that is to be stored is not an int. What pickling and == raise;
               Full and the others of atomos.errors. Nothing has changed.
    Source     java.util.concurrent.atomic.AtomicStampedReference.
    """

    __module__ = "atomos.multiprocessing.atomic"
    _native = ProcessStamped
    _cell: ProcessReference[tuple[bytes, int]] = _blank(ProcessStamped)

    def __init__(
        self,
        initial_reference: T,
        initial_stamp: int,
        *,
        region: str | Region | None = None,
        name: str | None = None,
    ) -> None:
        self._begin(initial_reference, self._accepted(initial_stamp), region, name)

    def get_stamp(self) -> int:
        """Return the stamp."""
        return self._cell.get()[1]

    def set(self, new_reference: T, new_stamp: int) -> None:
        """Replace both, whatever they are."""
        self._put(new_reference, self._accepted(new_stamp))

    def compare_and_set(
        self, expected_reference: T, new_reference: T, expected_stamp: int, new_stamp: int
    ) -> bool:
        """Replace both if both are the expected ones; return whether that was so."""
        stamp = self._accepted(new_stamp)
        return self._compare(expected_reference, new_reference, expected_stamp, stamp)

    def attempt_stamp(self, expected_reference: T, new_stamp: int) -> bool:
        """Replace the stamp if the reference is the expected one; return whether that was so."""
        return self._attempt(expected_reference, self._accepted(new_stamp))

    def _accepted(self, stamp: object) -> int:
        return stamp if isinstance(stamp, int) else refuse(self, "stamp", "an int", stamp)


class AtomicMarkableReference(_Tagged[T, bool]):
    """A reference and a bool in shared memory, replaced and seen together.

        page = AtomicMarkableReference("text", False)
        page.attempt_mark("text", True)             # withdrawn: nobody replaces it unawares

    As AtomicStampedReference, with a mark for the stamp.

    Source     java.util.concurrent.atomic.AtomicMarkableReference.
    """

    __module__ = "atomos.multiprocessing.atomic"
    _native = ProcessMarkable
    _cell: ProcessReference[tuple[bytes, bool]] = _blank(ProcessMarkable)

    def __init__(
        self,
        initial_reference: T,
        initial_mark: bool,
        *,
        region: str | Region | None = None,
        name: str | None = None,
    ) -> None:
        self._begin(initial_reference, self._accepted(initial_mark), region, name)

    def is_marked(self) -> bool:
        """Return the mark."""
        return self._cell.get()[1]

    def set(self, new_reference: T, new_mark: bool) -> None:
        """Replace both, whatever they are."""
        self._put(new_reference, self._accepted(new_mark))

    def compare_and_set(
        self, expected_reference: T, new_reference: T, expected_mark: bool, new_mark: bool
    ) -> bool:
        """Replace both if both are the expected ones; return whether that was so."""
        mark = self._accepted(new_mark)
        return self._compare(expected_reference, new_reference, expected_mark, mark)

    def attempt_mark(self, expected_reference: T, new_mark: bool) -> bool:
        """Replace the mark if the reference is the expected one; return whether that was so."""
        return self._attempt(expected_reference, self._accepted(new_mark))

    def _accepted(self, mark: object) -> bool:
        return mark if isinstance(mark, bool) else refuse(self, "mark", "a bool", mark)
