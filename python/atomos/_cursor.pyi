from asyncio import Future
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeAlias, TypeVar, overload

from typing_extensions import Self

from ._lens import Lens
from ._options import SwapOptions, TryOptions
from ._watches import Delivery
from ._words import Attempt, Unchanged
from .atom import Atom

_W = TypeVar("_W")
_P = TypeVar("_P")
_R = TypeVar("_R")
_I = TypeVar("_I")
_K = TypeVar("_K", bound=Hashable)
_A = ParamSpec("_A")

_DeliveryName: TypeAlias = Literal["direct", "ordered", "latest"]
_WatchExecutor: TypeAlias = Callable[[Callable[[], object]], object] | Executor

class Cursor(Generic[_P]):
    def __init__(self, source: Atom[_W] | Cursor[_W], lens: Lens[_W, _P]) -> None: ...
    def deref(self) -> _P: ...
    def read(self, fn: Callable[[_P], _R]) -> _R: ...
    @overload
    def swap(
        self, fn: Callable[Concatenate[_P, _A], _P], *args: _A.args, **kwargs: _A.kwargs
    ) -> _P: ...
    @overload
    def swap(
        self,
        options: SwapOptions,
        fn: Callable[Concatenate[_P, _A], _P],
        /,
        *args: _A.args,
        **kwargs: _A.kwargs,
    ) -> _P: ...
    @overload
    def swap_vals(
        self, fn: Callable[Concatenate[_P, _A], _P], *args: _A.args, **kwargs: _A.kwargs
    ) -> tuple[_P, _P]: ...
    @overload
    def swap_vals(
        self,
        options: SwapOptions,
        fn: Callable[Concatenate[_P, _A], _P],
        /,
        *args: _A.args,
        **kwargs: _A.kwargs,
    ) -> tuple[_P, _P]: ...
    @overload
    def try_swap(
        self, fn: Callable[Concatenate[_P, _A], _P | Unchanged], *args: _A.args, **kwargs: _A.kwargs
    ) -> Attempt[_P]: ...
    @overload
    def try_swap(
        self,
        options: TryOptions,
        fn: Callable[Concatenate[_P, _A], _P | Unchanged],
        /,
        *args: _A.args,
        **kwargs: _A.kwargs,
    ) -> Attempt[_P]: ...
    def reset(self, newval: _P) -> _P: ...
    def reset_vals(self, newval: _P) -> tuple[_P, _P]: ...
    def compare_and_set(self, oldval: _P, newval: _P) -> bool: ...
    def compare_and_exchange(self, oldval: _P, newval: _P) -> Attempt[_P]: ...
    def set_if_less(self, newval: _P) -> bool: ...
    def set_if_greater(self, newval: _P) -> bool: ...
    def wait(self, old: _P) -> _P: ...
    def wait_for(self, old: _P, seconds: float) -> _P | None: ...
    def wait_until(self, old: _P, deadline: float) -> _P | None: ...
    def get_watches(self) -> dict[Hashable, Callable[[Any, Self, _P, _P], object]]: ...
    def add_watch(
        self,
        key: _K,
        fn: Callable[[_K, Self, _P, _P], object],
        *,
        everyone: bool = False,
        delivery: Delivery | _DeliveryName = "direct",
        executor: _WatchExecutor | None = None,
    ) -> None: ...
    def remove_watch(self, key: Hashable) -> None: ...
    def remove_watch_and_wait(self, key: Hashable) -> bool: ...
    @overload
    def watching(
        self,
        fn: Callable[[_K, Self, _P, _P], object],
        key: _K,
        *,
        everyone: bool = False,
        delivery: Delivery | _DeliveryName = "direct",
        executor: _WatchExecutor | None = None,
    ) -> AbstractContextManager[_K]: ...
    @overload
    def watching(
        self,
        fn: Callable[[Any, Self, _P, _P], object],
        key: None = None,
        *,
        everyone: bool = False,
        delivery: Delivery | _DeliveryName = "direct",
        executor: _WatchExecutor | None = None,
    ) -> AbstractContextManager[Hashable]: ...
    def _listen(self, key: Hashable, fn: Callable[..., object], **options: Any) -> object: ...
    def _end_listener(self, watch: object) -> bool: ...
    def changed(self) -> Future[_P]: ...

@overload
def cursor(
    source: Atom[_W] | Cursor[_W],
    lens: Lens[_W, _P] | tuple[Callable[[_W], _P], Callable[[_W, _P], _W]],
) -> Cursor[_P]: ...
@overload
def cursor(
    source: Atom[dict[_I, _P]] | Cursor[dict[_I, _P]], *, key: _I, default: _P = ...
) -> Cursor[_P]: ...
@overload
def cursor(
    source: Atom[list[_P]] | Cursor[list[_P]], *, key: int, default: _P = ...
) -> Cursor[_P]: ...
@overload
def cursor(
    source: Atom[tuple[_P, ...]] | Cursor[tuple[_P, ...]], *, key: int, default: _P = ...
) -> Cursor[_P]: ...
@overload
def cursor(source: Atom[_W] | Cursor[_W], *, key: object, default: object = ...) -> Cursor[Any]: ...
@overload
def cursor(source: Atom[_W] | Cursor[_W], *, attribute: str) -> Cursor[Any]: ...
