# Each is a class of threads' arrays too, whose methods ask at(index); only the elements differ.
from collections.abc import Iterable, Iterator
from ctypes import _SimpleCData  # pyright: ignore[reportPrivateUsage]
from typing import Any, SupportsIndex, TypeAlias, TypeVar, overload

from typing_extensions import Self

from .. import atomic as threads
from .._atomos import ProcessRegion
from .atomic import (
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    _FloatCode,  # pyright: ignore[reportPrivateUsage]
    _IntCode,  # pyright: ignore[reportPrivateUsage]
)

__all__ = [
    "AtomicBooleanArray",
    "AtomicFloatArray",
    "AtomicIntegerArray",
    "AtomicLongArray",
    "AtomicNumberArray",
]

_N = TypeVar("_N")
_Region: TypeAlias = str | ProcessRegion | None

class AtomicNumberArray(threads.AtomicNumberArray[_N]):
    @overload
    def __init__(
        self: AtomicNumberArray[int],
        typecode_or_type: _IntCode,
        of: SupportsIndex | Iterable[int],
        value: int = ...,
        /,
        *,
        region: _Region = None,
        name: str | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self: AtomicNumberArray[float],
        typecode_or_type: _FloatCode,
        of: SupportsIndex | Iterable[float],
        value: float = ...,
        /,
        *,
        region: _Region = None,
        name: str | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        typecode_or_type: type[_SimpleCData[_N]],
        of: SupportsIndex | Iterable[_N],
        value: _N = ...,
        /,
        *,
        region: _Region = None,
        name: str | None = None,
    ) -> None: ...
    def at(self, index: SupportsIndex) -> AtomicNumber[_N]: ...  # type: ignore[override]
    def __getitem__(  # type: ignore[override]
        self, index: SupportsIndex, /
    ) -> AtomicNumber[_N]: ...
    def __setitem__(  # type: ignore[override]
        self, index: SupportsIndex, element: AtomicNumber[_N], /
    ) -> None: ...
    def __iter__(self) -> Iterator[AtomicNumber[_N]]: ...  # type: ignore[override]
    def __reduce_ex__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, protocol: object, /
    ) -> Any: ...
    @classmethod
    def _attached(cls, form: int, length: int, address: object, /) -> Self: ...

class AtomicIntegerArray(threads.AtomicIntegerArray):
    def __init__(
        self,
        of: SupportsIndex | Iterable[int],
        value: int = ...,
        /,
        *,
        region: _Region = None,
        name: str | None = None,
    ) -> None: ...
    def at(self, index: SupportsIndex) -> AtomicInteger: ...  # type: ignore[override]
    def __getitem__(  # type: ignore[override]
        self, index: SupportsIndex, /
    ) -> AtomicInteger: ...
    def __setitem__(  # type: ignore[override]
        self, index: SupportsIndex, element: AtomicInteger, /
    ) -> None: ...
    def __iter__(self) -> Iterator[AtomicInteger]: ...  # type: ignore[override]
    def __reduce_ex__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, protocol: object, /
    ) -> Any: ...
    @classmethod
    def _attached(cls, form: int, length: int, address: object, /) -> Self: ...

class AtomicLongArray(threads.AtomicLongArray):
    def __init__(
        self,
        of: SupportsIndex | Iterable[int],
        value: int = ...,
        /,
        *,
        region: _Region = None,
        name: str | None = None,
    ) -> None: ...
    def at(self, index: SupportsIndex) -> AtomicLong: ...  # type: ignore[override]
    def __getitem__(  # type: ignore[override]
        self, index: SupportsIndex, /
    ) -> AtomicLong: ...
    def __setitem__(  # type: ignore[override]
        self, index: SupportsIndex, element: AtomicLong, /
    ) -> None: ...
    def __iter__(self) -> Iterator[AtomicLong]: ...  # type: ignore[override]
    def __reduce_ex__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, protocol: object, /
    ) -> Any: ...
    @classmethod
    def _attached(cls, form: int, length: int, address: object, /) -> Self: ...

class AtomicFloatArray(threads.AtomicFloatArray):
    def __init__(
        self,
        of: SupportsIndex | Iterable[float],
        value: float = ...,
        /,
        *,
        region: _Region = None,
        name: str | None = None,
    ) -> None: ...
    def at(self, index: SupportsIndex) -> AtomicFloat: ...  # type: ignore[override]
    def __getitem__(  # type: ignore[override]
        self, index: SupportsIndex, /
    ) -> AtomicFloat: ...
    def __setitem__(  # type: ignore[override]
        self, index: SupportsIndex, element: AtomicFloat, /
    ) -> None: ...
    def __iter__(self) -> Iterator[AtomicFloat]: ...  # type: ignore[override]
    def __reduce_ex__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, protocol: object, /
    ) -> Any: ...
    @classmethod
    def _attached(cls, form: int, length: int, address: object, /) -> Self: ...

class AtomicBooleanArray(threads.AtomicBooleanArray):
    def __init__(
        self,
        of: SupportsIndex | Iterable[object],
        value: object = ...,
        /,
        *,
        region: _Region = None,
        name: str | None = None,
    ) -> None: ...
    def at(self, index: SupportsIndex) -> AtomicBoolean: ...  # type: ignore[override]
    def __getitem__(  # type: ignore[override]
        self, index: SupportsIndex, /
    ) -> AtomicBoolean: ...
    def __setitem__(  # type: ignore[override]
        self, index: SupportsIndex, element: AtomicBoolean, /
    ) -> None: ...
    def __iter__(self) -> Iterator[AtomicBoolean]: ...  # type: ignore[override]
    def __reduce_ex__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, protocol: object, /
    ) -> Any: ...
    @classmethod
    def _attached(cls, form: int, length: int, address: object, /) -> Self: ...
