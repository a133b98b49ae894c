"""How watches want to hear: in which order, how often, where; and who hears of their errors."""

from __future__ import annotations

import enum
import sys
import traceback
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from ._atomos import AtomicReference


class Delivery(enum.Enum):
    """In which order, and how many of the changes, a watch hears."""

    DIRECT = "direct"
    """Each change once, on the thread that made it; rivals' calls overlap, in any order."""

    ORDERED = "ordered"
    """Each change once, in the order of the commits, never two calls at a time.

    Of several threads that make changes at once one tells them all; the others do not wait for it.
    A change that the watch itself makes is told when its call is over. Where changes are given to
    notify_watches by hand, and by a class that overrides it, the order is that of these calls.
    """

    LATEST = "latest"
    """The newest value, never two calls at a time.

    Values are skipped when it is late; `old` is then what it was told last. It never rests on an
    old value.
    """


Delivery.__module__ = "atomos.atom"

CODES = {Delivery.DIRECT: 0, Delivery.ORDERED: 1, Delivery.LATEST: 2}
"""What native code calls them."""


class WatchFailure(NamedTuple):
    """What a watch raised where no caller can catch it: of which atom, under which key."""

    atom: Any
    key: Any
    error: BaseException


WatchFailure.__module__ = "atomos.atom"

_handler: AtomicReference[Callable[[WatchFailure], object] | None] = AtomicReference(None)


def set_watch_error_handler(
    fn: Callable[[WatchFailure], object] | None,
) -> Callable[[WatchFailure], object] | None:
    """Have fn(failure) called with what watches raise where nobody can catch it; return the former.

    That is in an executor, for "ordered" while another thread's change is told, for "latest", for
    `everyone`, and while a watch is added. None: such errors go to standard error, as at first.
    There is one handler an interpreter, called on the thread that told the watch, by several at a
    time. What it raises goes to standard error, with the error that it was told of.

    Errors     TypeError: neither callable nor None; nothing has changed.
    """
    if fn is not None and not callable(fn):
        raise TypeError(
            f"set_watch_error_handler() takes a callable or None, not {type(fn).__name__}"
        )
    return _handler.get_and_set(fn)


set_watch_error_handler.__module__ = "atomos.atom"


def report(ref: Any, key: Any, fn: Any, error: BaseException) -> None:
    """Tell the handler, or standard error, what a watch raised."""
    watched_part = getattr(fn, "watched_part", None)
    if watched_part is not None:
        ref, key = watched_part()
    handler = _handler.get()
    if handler is None:
        _show(ref, key, error)
        return
    try:
        handler(WatchFailure(ref, key, error))
    except Exception as failed:
        _show(ref, key, error)
        _show(ref, key, failed, "the handler of watches' errors, told of ")


def _show(ref: object, key: object, error: BaseException, who: str = "") -> None:
    stream = sys.stderr
    if stream is None:
        return
    try:
        named = repr(key)
    except Exception:
        named = object.__repr__(key)
    print(f"atomos: {who}watch {named} of {type(ref).__name__} raised:", file=stream)
    traceback.print_exception(type(error), error, error.__traceback__, file=stream)


def add_watch(ref: Any, key: Hashable, fn: Callable[..., object], **options: Any) -> None:
    """ARef.add_watch with options."""
    listen(ref, key, fn, **options)


def listen(ref: Any, key: Hashable, fn: Callable[..., object], **options: Any) -> Any:
    """Add a watch that hears as the options say, and return it: for ref._end_listener()."""
    own = getattr(ref, "_listen", None)
    if own is not None:
        return own(key, fn, **options)
    delivery, once, executor = checked(ref, fn, **options)
    return ref._add_listener(key, fn, CODES[delivery], once, False, executor, None)


def checked(
    ref: object,
    fn: Any,
    *,
    delivery: Delivery | str = Delivery.DIRECT,
    once: bool = False,
    executor: Any = None,
) -> tuple[Delivery, bool, Callable[[Callable[[], object]], object] | None]:
    """Return the options as they are meant.

    Errors     TypeError, ValueError: they name the option, what it was and what it may be.
    """
    name = f"{type(ref).__name__}.add_watch()"
    if not callable(fn):
        raise TypeError(f"fn of {name} has to be callable, not {type(fn).__name__}")
    if executor is not None and not callable(executor):
        submit = getattr(executor, "submit", None)
        if not callable(submit):
            raise TypeError(
                f"executor of {name} has to be callable, a concurrent.futures.Executor or None, "
                f"not {type(executor).__name__}"
            )
        executor = submit
    try:
        return Delivery(delivery), bool(once), executor
    except ValueError:
        raise ValueError(
            f"delivery of {name} has to be 'direct', 'ordered' or 'latest', not {delivery!r}"
        ) from None
