"""How long a change goes on trying: SwapOptions and TryOptions."""

from __future__ import annotations

import math
import time
from typing import Any, NamedTuple, TypeVar

Options = TypeVar("Options", bound="SwapOptions | TryOptions")


def _count(name: str, tries: Any, least: int) -> int:
    if not isinstance(tries, int):
        raise TypeError(f"{name}.tries has to be an int, not {type(tries).__name__}")
    if tries < least:
        raise ValueError(f"{name}.tries is {tries}; allowed: {least} and more")
    return tries


class _SwapOptions(NamedTuple):
    tries: int


class SwapOptions(_SwapOptions):
    """How many races a change may lose before it holds the other writers off.

        atom.swap(SwapOptions(tries=3), expensive)  # runs at most four times

    After so many lost races the function runs once more, while the value cannot be replaced by
    others: they wait, with the GIL released; who looks at it never does. With 0 it runs exactly
    once. In that last run it may read the variable, and not write to it (WouldDeadlock); nor may
    what runs on its thread meanwhile, such as a signal's handler or a finalizer.

    The first argument of swap(), swap_vals(), update_and_get(), get_and_update(),
    accumulate_and_get(), get_and_accumulate() and transact(). Not between processes: one that is
    killed would block the others for ever.

    Errors     TypeError: no int. ValueError: less than 0.
    """

    __slots__ = ()
    __module__ = "atomos.atomic"

    def __new__(cls, tries: int) -> SwapOptions:
        return super().__new__(cls, _count(cls.__name__, tries, 0))


class _TryOptions(NamedTuple):
    tries: int | None
    within: float | None


class TryOptions(_TryOptions):
    """When a change gives up: after so many attempts, or seconds, whichever comes first.

        won, now = reference.try_update(TryOptions(tries=3, within=0.001), fn)

    None is no limit. The first attempt is always made.

    The first argument of try_swap() and try_update().

    Errors     TypeError: no numbers. ValueError: fewer tries than 1, less time than 0, NaN.
    """

    __slots__ = ()
    __module__ = "atomos.atomic"

    def __new__(cls, tries: int | None = None, within: float | None = None) -> TryOptions:
        if tries is not None:
            tries = _count(cls.__name__, tries, 1)
        if within is not None:
            within = float(within)
            if math.isnan(within) or within < 0:
                raise ValueError(f"{cls.__name__}.within is {within} s; allowed: 0 and more")
        return super().__new__(cls, tries, within)


class Persistence:
    """Counts the attempts of one call, and looks at the clock where there is a limit of time."""

    def __init__(self, options: TryOptions) -> None:
        self._left = options.tries
        self._end = None if options.within is None else time.monotonic() + options.within

    def goes_on(self) -> bool:
        """After a lost race: whether there may be another attempt."""
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                return False
        return self._end is None or time.monotonic() < self._end


def begin(
    kind: type[Options], fn: Any, args: tuple[Any, ...]
) -> tuple[Options | None, Any, tuple[Any, ...]]:
    """Return the options that a method's arguments begin with, if any, the function, and the rest.

    Errors     TypeError: there are options and no function.
    """
    if not isinstance(fn, kind):
        return None, fn, args
    if not args:
        raise TypeError(f"missing required argument 'fn' after {kind.__name__}")
    return fn, args[0], args[1:]


def refuse_to_hold(fn: object) -> None:
    """Raise TypeError if fn is a SwapOptions, which the process scope does not have."""
    if isinstance(fn, SwapOptions):
        raise TypeError(
            "a change between processes takes no SwapOptions: a process that is killed while it "
            "holds the others off would block them for ever; allowed: a function"
        )
