"""What atomos 0.3.1 had beside its atoms: a representation, a decorator and readers-writer locks.

The atoms use none of it. Unlike them, the locks block, and a process that is killed while it holds
one keeps it.
"""

from __future__ import annotations

import builtins
import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import ParamSpec

    _P = ParamSpec("_P")

_R = TypeVar("_R")

__all__ = ["ReadersWriterLock", "ReadersWriterLockMultiprocessing", "repr", "synchronized"]


def repr(module: str, instance: object, value: object) -> str:
    """Return <MODULE.CLASS(VALUE) object at ADDRESS>."""
    name = type(instance).__name__
    return f"<{module}.{name}({value}) object at {builtins.hex(id(instance))}>"


def synchronized(fn: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorate a function so that one thread at a time runs it; its own lock, not reentrant."""
    lock = threading.Lock()

    @functools.wraps(fn)
    def alone(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with lock:
            return fn(*args, **kwargs)

    return alone


class _Lock(Protocol):
    def acquire(self) -> Any: ...
    def release(self) -> None: ...


class _Count(Protocol):
    value: int


class _Side:
    """One of a readers-writer lock's two locks."""

    def acquire(self) -> None:
        raise NotImplementedError

    def release(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> _Side:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


class _Shared(_Side):
    """Held by any number at once, and not while the exclusive lock is held."""

    def __init__(self, guard: _Lock, writer: _Lock, readers: _Count) -> None:
        self._guard = guard
        self._writer = writer
        self._readers = readers

    def acquire(self) -> None:
        """Wait until nobody holds the exclusive lock, and hold this one."""
        self._guard.acquire()
        try:
            if self._readers.value == 0:
                self._writer.acquire()
            self._readers.value += 1
        finally:
            self._guard.release()

    def release(self) -> None:
        """Give up one hold; any thread may. Errors: RuntimeError, nobody holds it."""
        self._guard.acquire()
        try:
            if self._readers.value == 0:
                raise RuntimeError("release of a shared lock that nobody holds")
            self._readers.value -= 1
            if self._readers.value == 0:
                self._writer.release()
        finally:
            self._guard.release()


class _Exclusive(_Side):
    """Held by one, and not while anybody holds the shared lock."""

    def __init__(self, writer: _Lock) -> None:
        self._writer = writer

    def acquire(self) -> None:
        """Wait until nobody holds either lock, and hold this one."""
        self._writer.acquire()

    def release(self) -> None:
        """Give it up; any thread may. Errors: RuntimeError or ValueError, nobody holds it."""
        self._writer.release()


class _ThreadCount:
    def __init__(self) -> None:
        self.value = 0


class ReadersWriterLock:
    """Many readers at once, or one writer: `shared` and `exclusive`, to acquire and release.

    Both are context managers. Not reentrant, not fair: readers that keep coming starve a writer.
    """

    def __init__(self) -> None:
        count = _ThreadCount()
        writer = threading.Lock()
        self._count = count
        self.shared = _Shared(threading.Lock(), writer, count)
        self.exclusive = _Exclusive(writer)

    @property
    def _reader_count(self) -> int:
        return self._count.value


class ReadersWriterLockMultiprocessing:
    """As ReadersWriterLock, between processes: inherited, or passed as a Process's argument.

    A process that is killed while it holds a lock keeps it; atoms do not have that problem.
    """

    def __init__(self) -> None:
        import multiprocessing  # only who needs it pays for it

        writer = multiprocessing.Lock()
        self._reader_count = multiprocessing.Value("i", 0, lock=False)
        self.shared = _Shared(multiprocessing.Lock(), writer, self._reader_count)
        self.exclusive = _Exclusive(writer)
