"""Variables in a row: arrays of references and of truth values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import index as as_index
from typing import TYPE_CHECKING, Any, ClassVar, Generic, SupportsIndex, TypeVar, cast, overload

from ._atomos import AtomicBoolean, AtomicReference
from ._shared import Shared
from ._words import Attempt, Unchanged

T = TypeVar("T")
X = TypeVar("X")
R = TypeVar("R")

_UNSAID: Any = object()


class AtomicArray(Shared, Generic[T]):
    """Variables in a row, as many as when it was made.

        hits = AtomicIntegerArray(16)           # 16 zeros; AtomicIntegerArray([1, 2, 3]) has three
        hits.increment_and_get(3)               # with an index in front: all that an element can do
        hits[-1] += 1                           # hits[i] is the element itself: an AtomicInteger
        total = sum(one.get() for one in hits)

    AtomicArray(length), AtomicArray(length, value) or AtomicArray(values). Its elements are
    AtomicReferences, those of its relatives what their names say. An index is Python's: -1 is the
    last element. Each element is a variable by itself: a look at all of them is not one moment's.

    Order, progress and errors are those of the elements.

    Errors     IndexError names the index and the length. ValueError: a negative length. Nothing has
               changed.
    Bound      8 bytes an element, and the element.
    Source     java.util.concurrent.atomic.AtomicReferenceArray and its relatives.
    """

    __module__ = "atomos.atomic"
    _element: ClassVar[Any] = AtomicReference

    @overload
    def __init__(self, of: SupportsIndex, /) -> None: ...
    @overload
    def __init__(self, of: SupportsIndex, value: T, /) -> None: ...
    @overload
    def __init__(self, of: Iterable[T], /) -> None: ...
    def __init__(self, of: SupportsIndex | Iterable[T], value: T = _UNSAID, /) -> None:
        make = self._element
        if isinstance(of, Iterable):
            if value is not _UNSAID:
                raise TypeError(f"{type(self).__name__}() takes a length and a value, or values")
            self._row: tuple[Any, ...] = tuple(make(one) for one in of)
            return
        length = as_index(of)
        if length < 0:
            raise ValueError(
                f"the length of {type(self).__name__} is {length}; allowed: 0 and more"
            )
        given = () if value is _UNSAID else (value,)
        self._row = tuple(make(*given) for _ in range(length))

    def at(self, index: SupportsIndex) -> AtomicReference[T]:
        """Return the element there."""
        try:
            return cast("AtomicReference[T]", self._row[as_index(index)])
        except IndexError:
            length = len(self._row)
            allowed = f"{-length} to {length - 1}" if length else "none"
            raise IndexError(
                f"an index of {type(self).__name__} is {as_index(index)} and its length is "
                f"{length}; allowed: {allowed}"
            ) from None

    def length(self) -> int:
        """Return the number of elements."""
        return len(self._row)

    def __len__(self) -> int:
        return len(self._row)

    def __getitem__(self, index: SupportsIndex) -> AtomicReference[T]:
        return self.at(index)

    def __setitem__(self, index: SupportsIndex, element: AtomicReference[T]) -> None:
        # What `array[i] += 1` ends with.
        if self.at(index) is not element:
            raise TypeError(
                f"an element of {type(self).__name__} cannot be replaced by another object; "
                "set(index, value) replaces its value"
            )

    def __iter__(self) -> Iterator[AtomicReference[T]]:
        return iter(self._row)

    def _shown(self) -> object:
        return [one.get() for one in self._row]

    def get(self, index: SupportsIndex) -> T:
        """Return the value there."""
        return self.at(index).get()

    def read(self, index: SupportsIndex, fn: Callable[[T], R]) -> R:
        """Return fn(value there)."""
        return self.at(index).read(fn)

    def set(self, index: SupportsIndex, value: T) -> T:
        """Replace the value there, whatever it is, and return the new one."""
        return self.at(index).set(value)

    def get_and_set(self, index: SupportsIndex, value: T) -> T:
        """Replace the value there, and return the one before."""
        return self.at(index).get_and_set(value)

    def compare_and_set(self, index: SupportsIndex, expect: T, update: T) -> bool:
        """Replace the value there if it is `expect` or equals it; return whether that was so."""
        return self.at(index).compare_and_set(expect, update)

    def compare_and_exchange(self, index: SupportsIndex, expect: T, update: T) -> Attempt[T]:
        """As compare_and_set(), but return Attempt(won, now): the value that stands now."""
        return self.at(index).compare_and_exchange(expect, update)

    def update_and_get(self, index: SupportsIndex, fn: Callable[[T], T]) -> T:
        """Replace the value there by fn(value), and return the new one."""
        return self.at(index).update_and_get(fn)

    def get_and_update(self, index: SupportsIndex, fn: Callable[[T], T]) -> T:
        """As update_and_get(), but return the value before."""
        return self.at(index).get_and_update(fn)

    def accumulate_and_get(self, index: SupportsIndex, x: X, fn: Callable[[T, X], T]) -> T:
        """Replace the value there by fn(value, x), and return the new one."""
        return self.at(index).accumulate_and_get(x, fn)

    def get_and_accumulate(self, index: SupportsIndex, x: X, fn: Callable[[T, X], T]) -> T:
        """As accumulate_and_get(), but return the value before."""
        return self.at(index).get_and_accumulate(x, fn)

    def try_update(self, index: SupportsIndex, fn: Callable[[T], T | Unchanged]) -> Attempt[T]:
        """As update_and_get(), but fn may return UNCHANGED. Return Attempt(won, now)."""
        return self.at(index).try_update(fn)

    def set_if_less(self, index: SupportsIndex, value: T) -> bool:
        """Set the value there if it is less than the one that stands; return whether it was."""
        return self.at(index).set_if_less(value)

    def set_if_greater(self, index: SupportsIndex, value: T) -> bool:
        """As set_if_less(), if it is greater."""
        return self.at(index).set_if_greater(value)

    def wait(self, index: SupportsIndex, old: T) -> T:
        """Wait until the value there is not `old`, and return it."""
        return self.at(index).wait(old)

    def wait_for(self, index: SupportsIndex, old: T, seconds: float) -> T | None:
        """As wait(), but return None if the value was still `old` after that time."""
        return self.at(index).wait_for(old, seconds)

    def wait_until(self, index: SupportsIndex, old: T, deadline: float) -> T | None:
        """As wait_for(), up to a time of time.monotonic()."""
        return self.at(index).wait_until(old, deadline)

    def notify_one(self, index: SupportsIndex) -> None:
        """Have those that wait for it look again. Writers do this by themselves."""
        self.at(index).notify_one()

    def notify_all(self, index: SupportsIndex) -> None:
        """Have those that wait for it look again. Writers do this by themselves."""
        self.at(index).notify_all()


class AtomicReferenceArray(AtomicArray[T]):
    """References in a row: an AtomicArray under Java's name."""

    __module__ = "atomos.atomic"


class AtomicBooleanArray(AtomicArray[bool]):
    """Truth values in a row: an AtomicArray of AtomicBooleans, False if nothing is said."""

    __module__ = "atomos.atomic"
    _element: ClassVar[Any] = AtomicBoolean

    if TYPE_CHECKING:

        def at(self, index: SupportsIndex) -> AtomicBoolean: ...
        def __getitem__(self, index: SupportsIndex) -> AtomicBoolean: ...
        def __iter__(self) -> Iterator[AtomicBoolean]: ...

    def get_and_toggle(self, index: SupportsIndex) -> bool:
        """Negate the value there, and return the one before."""
        return self.at(index).get_and_toggle()
