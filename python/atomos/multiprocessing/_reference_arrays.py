"""References in a row, which processes share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import index as as_index
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar

from .. import atomic as threads
from .. import util
from .._atomos import claim_array
from ._pickles import pickled

if TYPE_CHECKING:
    from . import Region
    from .atomic import AtomicReference

T = TypeVar("T")

_UNSAID: Any = object()


class AtomicArray(threads.AtomicArray[T]):
    """References in a row, in shared memory: AtomicReferences, as many as when it was made.

        pages = AtomicArray(4, "empty", region="shop", name="pages")
        pages.update_and_get(2, str.upper)      # with an index in front: all that an element can do
        pages[-1].set("full")                   # pages[i] is the element itself

    AtomicArray(length), (length, value) or (values), and region= and name=: the array of that name,
    opened or made. Its elements are variables of their own, "pages[0]" and so on: for some thousand
    of them, as each is found by its name. An index is Python's: -1 is the last element.

    Order, progress and errors are those of the elements.

    Bound      As that of the elements; its pickle names each of them.
    Errors     IndexError names the index and the length. ValueError: a negative length, or a name
               that is too long for the elements'. Mismatch: the array of that name has another
               length or type. Nothing has changed.
    Source     java.util.concurrent.atomic.AtomicReferenceArray.
    """

    __module__ = "atomos.multiprocessing.atomic"

    def __init__(
        self,
        of: SupportsIndex | Iterable[T],
        value: T = _UNSAID,
        /,
        *,
        region: str | Region | None = None,
        name: str | None = None,
    ) -> None:
        from .atomic import AtomicReference  # which has this class, too

        if "_row" in self.__dict__:
            raise RuntimeError(f"{type(self).__name__}.__init__ has been called already")
        values = self._values(of, value)
        if region is None and name is None:
            self._row = tuple(AtomicReference(one) for one in values)
            return
        for one in values:
            pickled(one)  # what cannot be stored makes nothing
        claim_array(region, name, len(values))
        self._row = tuple(
            AtomicReference(one, region=region, name=f"{name}[{i}]")
            for i, one in enumerate(values)
        )

    def _values(self, of: SupportsIndex | Iterable[T], value: T) -> list[Any]:
        if isinstance(of, Iterable):
            if value is not _UNSAID:
                raise TypeError(f"{type(self).__name__}() takes a length and a value, or values")
            return list(of)
        length = as_index(of)
        if length < 0:
            raise ValueError(
                f"the length of {type(self).__name__} is {length}; allowed: 0 and more"
            )
        return [None if value is _UNSAID else value] * length

    if TYPE_CHECKING:

        def at(self, index: SupportsIndex) -> AtomicReference[T]: ...  # type: ignore[override]
        def __getitem__(  # type: ignore[override]
            self, index: SupportsIndex
        ) -> AtomicReference[T]: ...
        def __setitem__(  # type: ignore[override]
            self, index: SupportsIndex, element: AtomicReference[T]
        ) -> None: ...
        def __iter__(self) -> Iterator[AtomicReference[T]]: ...  # type: ignore[override]

    def __getattr__(self, name: str) -> Any:
        if name == "_row":
            raise RuntimeError(f"{type(self).__name__}.__init__ has not been called")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return util.repr("atomos.multiprocessing.atomic", self, self._shown())

    def __reduce_ex__(self, protocol: object) -> Any:
        attributes = {name: value for name, value in self.__dict__.items() if name != "_row"}
        return type(self)._attached, (self._row,), attributes or None

    @classmethod
    def _attached(cls, row: tuple[Any, ...]) -> AtomicArray[T]:
        made = cls.__new__(cls)
        made._row = row
        return made


class AtomicReferenceArray(AtomicArray[T]):
    """References in a row: an AtomicArray under Java's name."""

    __module__ = "atomos.multiprocessing.atomic"
