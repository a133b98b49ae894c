from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from typing import Any, Literal, TypeAlias, TypeVar, overload

from typing_extensions import Self

from .. import atom
from .._atomos import ProcessReference, ProcessRegion
from .._options import TryOptions
from .._watches import Delivery
from .._words import UNCHANGED, Attempt
from ..atom import ARef

__all__ = ["UNCHANGED", "ARef", "Atom", "Attempt", "TryOptions"]

_T = TypeVar("_T")
_K = TypeVar("_K", bound=Hashable)

_DeliveryName: TypeAlias = Literal["direct", "ordered", "latest"]
_WatchExecutor: TypeAlias = Callable[[Callable[[], object]], object] | Executor

class Atom(atom.Atom[_T]):
    _cell: ProcessReference[_T]
    def __init__(
        self, state: _T, *, region: str | ProcessRegion | None = None, name: str | None = None
    ) -> None: ...
    def version(self) -> int: ...
    def add_watch(
        self,
        key: _K,
        fn: Callable[[_K, Self, _T, _T], object],
        everyone: bool = False,
        *,
        delivery: Delivery | _DeliveryName = "direct",
        once: bool = False,
        executor: _WatchExecutor | None = None,
    ) -> None: ...
    @overload
    def watching(
        self,
        fn: Callable[[_K, Self, _T, _T], object],
        key: _K,
        *,
        everyone: bool = False,
        delivery: Delivery | _DeliveryName = "direct",
        once: bool = False,
        executor: _WatchExecutor | None = None,
    ) -> AbstractContextManager[_K]: ...
    @overload
    def watching(
        self,
        fn: Callable[[Any, Self, _T, _T], object],
        key: None = None,
        *,
        everyone: bool = False,
        delivery: Delivery | _DeliveryName = "direct",
        once: bool = False,
        executor: _WatchExecutor | None = None,
    ) -> AbstractContextManager[Hashable]: ...
    def _listen(
        self, key: Hashable, fn: Callable[..., object], everyone: bool = False, **options: Any
    ) -> object: ...
