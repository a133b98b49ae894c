"""cursor(): a part of an atom's state, looked at and changed as if it were an atom."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from . import _watches, _watching, util
from ._lens import UNSAID, Lens, of_attribute, of_key
from ._options import SwapOptions, TryOptions, begin
from ._words import UNCHANGED, Attempt

if TYPE_CHECKING:
    import asyncio
    from contextlib import AbstractContextManager

    from .atom import Atom

_P = TypeVar("_P")


class Cursor(Generic[_P]):
    """A part of an atom's state, as if it were an atom; cursor() makes them.

    It holds nothing of its own: each change is one change of the whole, with the whole's validator
    and watches. A cursor may be made of a cursor.

    A part has changed when the new one is neither the old one nor equal to it.

    Order      As the atom's.
    Progress   As the atom's: lock-free. Functions run again after a lost race, also if only another
               part has changed.
    Cost       A change makes a new whole.
    Errors     As the atom's, and what the lens raises: nothing has changed.
    Source     The cursors of David Nolen's Om, and lenses (J. N. Foster et al., Combinators for
               Bidirectional Tree Transformations, TOPLAS 29(3), 2007).
    """

    __module__ = "atomos.atom"

    def __init__(self, source: Atom[Any] | Cursor[Any], lens: Lens[Any, _P]) -> None:
        self._source: Any = source
        self._part = lens.get
        self._with_part = lens.set
        self._between_processes: bool = (
            source._between_processes if isinstance(source, Cursor) else hasattr(source, "_cell")
        )

    def __repr__(self) -> str:
        return util.repr("atomos.atom", self, self.deref())

    def deref(self) -> _P:
        """Return the part of the current state."""
        return self._part(self._source.deref())

    def read(self, fn: Callable[[_P], Any]) -> Any:
        """Return fn(part)."""
        return fn(self.deref())

    def swap(self, fn: Callable[..., _P], *args: Any, **kwargs: Any) -> _P:
        """Replace the part by fn(part, *args, **kwargs), and return the new one.

        With SwapOptions in front of fn it loses at most so many races, as the atom's swap().
        """
        return self.swap_vals(fn, *args, **kwargs)[1]

    def swap_vals(self, fn: Callable[..., _P], *args: Any, **kwargs: Any) -> tuple[_P, _P]:
        """As swap(), but return the parts before and after."""
        options, fn, args = begin(SwapOptions, fn, args)
        parts: tuple[_P, _P] | None = None

        def changed(whole: Any) -> Any:
            nonlocal parts
            old = self._part(whole)
            new = fn(old, *args, **kwargs)
            parts = old, new
            return self._with_part(whole, new)

        self._source.swap(*([options] if options else []), changed)
        assert parts is not None  # of the run that was committed
        return parts

    def try_swap(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Attempt[_P]:
        """As swap(), but fn may return UNCHANGED to leave the part. Return Attempt(won, now).

        With TryOptions in front of fn it may also give up, as the atom's try_swap().
        """
        options, fn, args = begin(TryOptions, fn, args)
        part: Any = None
        refused = False

        def changed(whole: Any) -> Any:
            nonlocal part, refused
            old = self._part(whole)
            new = fn(old, *args, **kwargs)
            refused = new is UNCHANGED
            part = old if refused else new
            return UNCHANGED if refused else self._with_part(whole, new)

        won, whole = self._source.try_swap(*([options] if options else []), changed)
        return Attempt(won, part if won or refused else self._part(whole))

    def reset(self, newval: _P) -> _P:
        """Replace the part, whatever it is, and return the new one."""
        return self.reset_vals(newval)[1]

    def reset_vals(self, newval: _P) -> tuple[_P, _P]:
        """As reset(), but return the parts before and after."""

        def replaced(_: _P) -> _P:
            return newval

        return self.swap_vals(replaced)

    def compare_and_set(self, oldval: _P, newval: _P) -> bool:
        """Replace the part if it is `oldval` or equals it; return whether that was so.

        What becomes of other parts meanwhile does not matter.
        """
        return self.compare_and_exchange(oldval, newval).won

    def compare_and_exchange(self, oldval: _P, newval: _P) -> Attempt[_P]:
        """As compare_and_set(), but return Attempt(won, now): the part that stands now."""

        def replaced(part: _P) -> Any:
            return newval if _is_or_equals(part, oldval) else UNCHANGED

        return self.try_swap(replaced)

    def set_if_less(self, newval: _P) -> bool:
        """Replace the part if `newval` is less than it; return whether that was so."""

        def replaced(part: Any) -> Any:
            return newval if newval < part else UNCHANGED

        return self.try_swap(replaced).won

    def set_if_greater(self, newval: _P) -> bool:
        """As set_if_less(), if it is greater."""

        def replaced(part: Any) -> Any:
            return newval if newval > part else UNCHANGED

        return self.try_swap(replaced).won

    def wait(self, old: _P) -> _P:
        """Wait until the part is neither `old` nor equal to it, and return it."""
        return self._other_than(old, None)[0]

    def wait_for(self, old: _P, seconds: float) -> _P | None:
        """As wait(), but return None if the part was still `old` after that time."""
        if math.isnan(seconds):
            raise ValueError("a time to wait has to be a number of seconds, not nan")
        return self.wait_until(old, time.monotonic() + seconds)

    def wait_until(self, old: _P, deadline: float) -> _P | None:
        """As wait_for(), up to a time of time.monotonic()."""
        other = self._other_than(old, deadline)
        return other[0] if other else None

    def _other_than(self, old: _P, deadline: float | None) -> tuple[_P, ...]:
        in_time = True
        while True:
            whole = self._source.deref()
            part = self._part(whole)
            if not _is_or_equals(part, old):
                return (part,)
            if not in_time:
                return ()
            if deadline is None:
                self._source.wait(whole)
            else:
                self._source.wait_until(whole, deadline)
                in_time = time.monotonic() < deadline

    def add_watch(
        self, key: Hashable, fn: Callable[[Any, Any, _P, _P], object], **options: Any
    ) -> None:
        """Have fn(key, cursor, old, new) called after each change of the part.

        As add_watch() of the atom, whose options it has. The watch stands among the atom's, under
        the key (cursor, key): those of two cursors never collide, and the cursor lives as long as
        its watches.

        Errors     ValueError: `once`, which would be spent on a change of another part.
        """
        self._check(fn, **options)
        self._source.add_watch((self, key), _PartWatch(self, self._part, key, fn), **options)

    def remove_watch(self, key: Hashable) -> None:
        """Remove a watch of this cursor, if there is one: no call of it begins any more."""
        self._source.remove_watch((self, key))

    def remove_watch_and_wait(self, key: Hashable) -> bool:
        """As remove_watch(): no call of it is running any more. Return whether there was one.

        As the atom's remove_watch_and_wait().
        """
        return cast("bool", self._source.remove_watch_and_wait((self, key)))

    def get_watches(self) -> dict[Hashable, Callable[[Any, Any, _P, _P], object]]:
        """Return this cursor's watches by their keys: a copy, in order of registration."""
        watches = cast("dict[Any, Any]", self._source.get_watches())
        return {
            watch.key: watch.fn
            for watch in watches.values()
            if watch.__class__ is _PartWatch and watch.cursor is self
        }

    def watching(
        self, fn: Callable[[Any, Any, _P, _P], object], key: Any = None, **options: Any
    ) -> AbstractContextManager[Any]:
        """Return a context manager: fn is a watch inside it. It yields the key.

        As the atom's watching(), with the options of add_watch().
        """
        return _watching.watching(cast("Any", self), fn, key, **options)

    def _listen(self, key: Hashable, fn: Callable[..., object], **options: Any) -> Any:
        self._check(fn, **options)
        watch = _PartWatch(self, self._part, key, fn)
        return _watches.listen(self._source, (self, key), watch, **options)

    def _end_listener(self, watch: Any) -> bool:
        return cast("bool", self._source._end_listener(watch))

    def _check(self, fn: object, everyone: bool = False, **options: Any) -> None:
        if options and _watches.checked(self, fn, **options)[1]:
            raise ValueError(
                "once of Cursor.add_watch() has to be False, not True: it counts changes of the "
                "whole, of which this is a part"
            )

    def changed(self) -> asyncio.Future[_P]:
        """Return an awaitable of the new part at its next change (asyncio)."""
        options = {"everyone": True} if self._between_processes else {}
        return cast("asyncio.Future[_P]", _watching.changed(cast("Any", self), **options))


class _PartWatch(Generic[_P]):
    """A cursor's watch, among the watches of the atom."""

    __slots__ = ("cursor", "fn", "key", "part")

    def __init__(
        self,
        cursor: Cursor[_P],
        part: Callable[[Any], _P],
        key: Hashable,
        fn: Callable[..., object],
    ) -> None:
        self.cursor = cursor
        self.part = part
        self.key = key
        self.fn = fn

    def watched_part(self) -> tuple[Cursor[_P], Hashable]:
        """Return what was watched, and the key, in the words of who watches."""
        return self.cursor, self.key

    def __call__(self, key: object, ref: object, old: Any, new: Any) -> None:
        before, now = self.part(old), self.part(new)
        if not _is_or_equals(before, now):
            self.fn(self.key, self.cursor, before, now)


def _is_or_equals(left: Any, right: Any) -> bool:
    return left is right or bool(left == right)


def cursor(
    source: Any,
    lens: Any = UNSAID,
    *,
    key: Any = UNSAID,
    attribute: Any = UNSAID,
    default: Any = UNSAID,
) -> Cursor[Any]:
    """Return a view of a part of an atom's state, which is used as an atom.

        state = Atom({"users": 0, "jobs": ()})
        users = cursor(state, key="users")
        users.swap(lambda n: n + 1)                 # swaps the state
        users.add_watch("door", fn)                 # hears when "users" changes, not when others do

    The part is what a lens(get, set) says, or a pair of such functions; or state[key] of a dict, a
    list, a tuple or a persistent map, where `default` stands for what is not there; or an
    attribute of a dataclass, a named tuple or whatever copy.copy() can copy.

    Errors     TypeError: not exactly one of lens, key and attribute.
    """
    given = [one for one in (lens, key, attribute) if one is not UNSAID]
    if len(given) != 1 or (default is not UNSAID and key is UNSAID):
        raise TypeError(
            "cursor() takes one of lens, key and attribute, and a default only with a key"
        )
    if key is not UNSAID:
        return Cursor(source, of_key(key, default))
    if attribute is not UNSAID:
        return Cursor(source, of_attribute(attribute))
    return Cursor(source, Lens(*cast("Any", lens)) if isinstance(lens, tuple) else lens)


cursor.__module__ = "atomos.atom"
