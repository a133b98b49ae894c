"""Numbers in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex, TypeVar

from ._arrays import AtomicArray
from ._atomos import AtomicFloat, AtomicInteger, AtomicLong, AtomicNumber
from ._words import Attempt, Unchanged

N = TypeVar("N")


class AtomicNumberArray(AtomicArray[N]):
    """Numbers of any kind in a row: an AtomicArray of AtomicNumbers."""

    __module__ = "atomos.atomic"
    _element: ClassVar[Any] = AtomicNumber

    if TYPE_CHECKING:

        def at(self, index: SupportsIndex) -> AtomicNumber[N]: ...
        def __getitem__(self, index: SupportsIndex) -> AtomicNumber[N]: ...
        def __iter__(self) -> Iterator[AtomicNumber[N]]: ...
        def try_update(
            self, index: SupportsIndex, fn: Callable[[N], N | Unchanged | None]
        ) -> Attempt[N]: ...

    def add_and_get(self, index: SupportsIndex, delta: N | int) -> N:
        """Add there, and return the sum."""
        return self.at(index).add_and_get(delta)

    def get_and_add(self, index: SupportsIndex, delta: N | int) -> N:
        """Add there, and return the value before."""
        return self.at(index).get_and_add(delta)

    def subtract_and_get(self, index: SupportsIndex, delta: N | int) -> N:
        """Subtract there, and return the difference."""
        return self.at(index).subtract_and_get(delta)

    def get_and_subtract(self, index: SupportsIndex, delta: N | int) -> N:
        """Subtract there, and return the value before."""
        return self.at(index).get_and_subtract(delta)

    def increment_and_get(self, index: SupportsIndex) -> N:
        """Add 1 there, and return the sum."""
        return self.at(index).increment_and_get()

    def get_and_increment(self, index: SupportsIndex) -> N:
        """Add 1 there, and return the value before."""
        return self.at(index).get_and_increment()

    def decrement_and_get(self, index: SupportsIndex) -> N:
        """Subtract 1 there, and return the difference."""
        return self.at(index).decrement_and_get()

    def get_and_decrement(self, index: SupportsIndex) -> N:
        """Subtract 1 there, and return the value before."""
        return self.at(index).get_and_decrement()

    def max_and_get(self, index: SupportsIndex, x: N) -> N:
        """Replace the value there by the greater of it and x, and return that."""
        return self.at(index).max_and_get(x)

    def get_and_max(self, index: SupportsIndex, x: N) -> N:
        """As max_and_get(), but return the value before."""
        return self.at(index).get_and_max(x)

    def min_and_get(self, index: SupportsIndex, x: N) -> N:
        """Replace the value there by the lesser of it and x, and return that."""
        return self.at(index).min_and_get(x)

    def get_and_min(self, index: SupportsIndex, x: N) -> N:
        """As min_and_get(), but return the value before."""
        return self.at(index).get_and_min(x)


class _Integers(AtomicNumberArray[int]):
    """What AtomicIntegerArray and AtomicLongArray share."""

    if TYPE_CHECKING:

        def at(self, index: SupportsIndex) -> AtomicInteger | AtomicLong: ...

    def bitwise_or_and_get(self, index: SupportsIndex, mask: int) -> int:
        """Replace the value there by value | mask, and return that."""
        return self.at(index).bitwise_or_and_get(mask)

    def get_and_bitwise_or(self, index: SupportsIndex, mask: int) -> int:
        """As bitwise_or_and_get(), but return the value before."""
        return self.at(index).get_and_bitwise_or(mask)

    def bitwise_and_and_get(self, index: SupportsIndex, mask: int) -> int:
        """Replace the value there by value & mask, and return that."""
        return self.at(index).bitwise_and_and_get(mask)

    def get_and_bitwise_and(self, index: SupportsIndex, mask: int) -> int:
        """As bitwise_and_and_get(), but return the value before."""
        return self.at(index).get_and_bitwise_and(mask)

    def bitwise_xor_and_get(self, index: SupportsIndex, mask: int) -> int:
        """Replace the value there by value ^ mask, and return that."""
        return self.at(index).bitwise_xor_and_get(mask)

    def get_and_bitwise_xor(self, index: SupportsIndex, mask: int) -> int:
        """As bitwise_xor_and_get(), but return the value before."""
        return self.at(index).get_and_bitwise_xor(mask)

    def try_add(self, index: SupportsIndex, delta: int, lo: int, hi: int) -> int | None:
        """Add there; if the sum is outside [lo, hi] return None: nothing has changed."""
        return self.at(index).try_add(delta, lo, hi)

    def add_clamped(self, index: SupportsIndex, delta: int, lo: int, hi: int) -> int:
        """Add there, stop at the bounds of [lo, hi], and return the new value."""
        return self.at(index).add_clamped(delta, lo, hi)

    def checked_add_and_get(self, index: SupportsIndex, delta: int) -> int:
        """As add_and_get(): an int of threads has no bounds that it could leave."""
        return self.at(index).checked_add_and_get(delta)


class AtomicIntegerArray(_Integers):
    """Ints in a row: an AtomicArray of AtomicIntegers, 0 if nothing is said."""

    __module__ = "atomos.atomic"
    _element: ClassVar[Any] = AtomicInteger

    if TYPE_CHECKING:

        def at(self, index: SupportsIndex) -> AtomicInteger: ...
        def __getitem__(self, index: SupportsIndex) -> AtomicInteger: ...
        def __iter__(self) -> Iterator[AtomicInteger]: ...


class AtomicLongArray(_Integers):
    """As AtomicIntegerArray, of AtomicLongs."""

    __module__ = "atomos.atomic"
    _element: ClassVar[Any] = AtomicLong

    if TYPE_CHECKING:

        def at(self, index: SupportsIndex) -> AtomicLong: ...
        def __getitem__(self, index: SupportsIndex) -> AtomicLong: ...
        def __iter__(self) -> Iterator[AtomicLong]: ...


class AtomicFloatArray(AtomicNumberArray[float]):
    """Floats in a row: an AtomicArray of AtomicFloats, 0.0 if nothing is said."""

    __module__ = "atomos.atomic"
    _element: ClassVar[Any] = AtomicFloat

    if TYPE_CHECKING:

        def at(self, index: SupportsIndex) -> AtomicFloat: ...
        def __getitem__(self, index: SupportsIndex) -> AtomicFloat: ...
        def __iter__(self) -> Iterator[AtomicFloat]: ...

    def try_add(self, index: SupportsIndex, delta: float, lo: float, hi: float) -> float | None:
        """Add there; if the sum is outside [lo, hi] or NaN return None: nothing has changed."""
        return self.at(index).try_add(delta, lo, hi)

    def add_clamped(self, index: SupportsIndex, delta: float, lo: float, hi: float) -> float:
        """Add there, stop at the bounds of [lo, hi], and return the new value."""
        return self.at(index).add_clamped(delta, lo, hi)
