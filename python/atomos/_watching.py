"""What watches are used for: for a while, and to be awaited."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._watches import add_watch as add_watch  # which native methods call, as all in here
from ._watches import listen
from ._watches import report as report

if TYPE_CHECKING:
    import asyncio
    from types import TracebackType

    from ._cursor import Cursor
    from .atom import ARef, Atom

T = TypeVar("T")


class watching(Generic[T]):
    """A watch that is there inside a with block. A key that is taken gets this one instead.

    At the end this very watch is removed, and no call of it is running any more.
    """

    def __init__(
        self,
        ref: ARef[T] | Cursor[T],
        fn: Callable[[Any, Any, T, T], object],
        key: Any = None,
        **options: Any,
    ) -> None:
        self._ref: Any = ref
        self._fn = fn
        self._key = object() if key is None else key
        self._options = options
        self._watch: Any = None

    def __enter__(self) -> Any:
        self._watch = listen(self._ref, self._key, self._fn, **self._options)
        return self._key

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ref._end_listener(self._watch)


def changed(atom: Atom[T] | Cursor[T], **options: bool) -> asyncio.Future[T]:
    """A future of the atom's next state, in the running loop; `options` are add_watch's.

    The watch goes when the state has changed, or the future is cancelled or dropped.
    """
    import asyncio  # only who awaits pays for it

    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    awaited = weakref.ref(future)
    key = object()

    def tell(key: object, ref: Any, old: T, new: T) -> None:
        ref.remove_watch(key)
        try:
            loop.call_soon_threadsafe(settle, new)
        except RuntimeError:  # the loop is closed: nobody awaits any more
            pass

    def settle(new: T) -> None:
        waiting = awaited()
        if waiting is not None and not waiting.done():
            waiting.set_result(new)

    watched = weakref.ref(atom)

    def forget(_: object) -> None:
        ref = watched()
        if ref is not None:
            ref.remove_watch(key)

    watchable: Any = atom
    watchable.add_watch(key, tell, **options)
    future.add_done_callback(forget)
    weakref.finalize(future, forget, None).atexit = False
    return future
