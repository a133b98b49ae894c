"""Atoms that processes share.

    state = Atom({"users": 0})
    Process(target=work, args=(state,)).start()
    state.swap(lambda s: {**s, "users": s["users"] + 1})

What atomos.atom.Atom has, over shared memory.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import gt, lt
from pickle import loads
from reprlib import repr as shown
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from .. import atom, util
from .._atomos import ProcessReference
from .._options import Persistence, TryOptions, begin, refuse_to_hold
from .._watches import CODES, Delivery, checked
from .._watching import changed, watching
from .._words import UNCHANGED, Attempt
from ..atom import ARef
from ..errors import ValidationError
from . import _family as _family  # so that this process removes the family's region, opened or not
from ._deadline import after
from ._everyone import hear, newer
from ._pickles import Expected, Seen, pickled

if TYPE_CHECKING:
    import asyncio
    from contextlib import AbstractContextManager

    from . import Region

__all__ = ["UNCHANGED", "ARef", "Atom", "Attempt", "TryOptions"]

T = TypeVar("T")


class Atom(atom.Atom[T]):
    """A state that can be pickled, in shared memory: looked at by anybody, replaced whole, watched.

    Atom(state, *, region=None, name=None): the atom of that name, opened or made; without a name
    one that is shared by fork and by pickling. What deref() returns is a copy of one's own. swap()
    goes by versions, never by ==; its function may change the state that it is given, and return
    it.

    Watches and validators belong to a process; a fork's child inherits them, and who gets a
    pickled atom does not. A copy is another handle, without watches.

    Progress   Lock-free. A process that is killed blocks nobody.
    Errors     What pickling raises, ValidationError, Full and the others of atomos.errors: nothing
               has changed. What watches raise: the change *is* committed.
    """

    _cell: ProcessReference[Any] = cast("Any", ProcessReference).__new__(ProcessReference)
    """Until __init__: one that says that it has not been called."""

    def __init__(
        self, state: T, *, region: str | Region | None = None, name: str | None = None
    ) -> None:
        if "_cell" in self.__dict__:
            raise RuntimeError(f"{type(self).__name__}.__init__ has been called already")
        self._cell = ProcessReference(state, region=region, name=name)

    def __repr__(self) -> str:
        return util.repr(__name__, self, self.deref())

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return type(self)._attached, (self._cell,), self._attributes() or None

    @classmethod
    def _attached(cls, cell: ProcessReference[Any]) -> Atom[T]:
        made = cls.__new__(cls)
        made._cell = cell
        return made

    def _attributes(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_cell"}

    def deref(self) -> T:
        """Return the state: a copy of one's own. Cost: one unpickling."""
        return self._cell.get()

    def read(self, fn: Callable[[T], Any]) -> Any:
        """Return fn(state)."""
        return fn(self._cell.get())

    def version(self) -> int:
        """Return how often there was a new state, the first included."""
        return self._cell._version()

    def swap(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Replace the state by fn(state, *args, **kwargs), and return the new one."""
        refuse_to_hold(fn)
        return self._commit(lambda seen: fn(loads(seen), *args, **kwargs))[1]

    def swap_vals(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> tuple[T, T]:
        """As swap(), but return the states before and after."""
        refuse_to_hold(fn)
        seen, new = self._commit(lambda seen: fn(loads(seen), *args, **kwargs))
        return loads(seen[0]), new

    def try_swap(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Attempt[T]:
        """As swap(), but fn may return UNCHANGED to leave the state. Return Attempt(won, now).

        With TryOptions in front of fn it may also give up after a lost race.
        """
        options, fn, args = begin(TryOptions, fn, args)
        persistence = Persistence(options) if options else None
        while True:
            seen = self._cell._look()
            new = fn(loads(seen[0]), *args, **kwargs)
            if new is UNCHANGED:
                return Attempt(False, loads(seen[0]))
            if self._replace(seen, new, None):
                return Attempt(True, new)
            if persistence and not persistence.goes_on():
                return Attempt(False, self.deref())

    def reset(self, newval: T) -> T:
        """Replace the state, whatever it is, and return the new one."""
        return self._commit(lambda seen: newval, pickled(newval))[1]

    def reset_vals(self, newval: T) -> tuple[T, T]:
        """As reset(), but return the states before and after."""
        seen, new = self._commit(lambda seen: newval, pickled(newval))
        return loads(seen[0]), new

    def compare_and_set(self, oldval: T, newval: T) -> bool:
        """Replace the state if it equals `oldval`; return whether that was so."""
        return self._compare(oldval, newval)[1]

    def compare_and_exchange(self, oldval: T, newval: T) -> Attempt[T]:
        """As compare_and_set(), but return Attempt(won, now): the state that stands now."""
        seen, won = self._compare(oldval, newval)
        return Attempt(won, newval if won else loads(seen[0]))

    def set_if_less(self, newval: T) -> bool:
        """Replace the state if `newval` is less than it; return whether that was so."""
        return self._set_if(lt, newval)

    def set_if_greater(self, newval: T) -> bool:
        """As set_if_less(), if it is greater."""
        return self._set_if(gt, newval)

    def set_validator(self, fn: Callable[[T], object] | None) -> None:
        """Have fn(candidate) asked before each change that this process makes; None: no more.

        Errors     ValidationError: it refuses the current state; the old one stays. TypeError.
        """
        if fn is not None and not callable(fn):
            raise TypeError(f"a validator has to be callable or None, not {fn!r}")
        while True:
            seen = self._cell._look()
            if fn is not None:
                self._check(fn, loads(seen[0]))
            if self._cell._set_guard(seen, fn):
                return

    def get_validator(self) -> Callable[[T], object] | None:
        """Return the validator, or None."""
        return self._cell._guard()[1]

    def wait(self, old: T) -> T:
        """Wait until the state does not equal `old`, and return it."""
        return self._other_than(old, None)[0]

    def wait_for(self, old: T, seconds: float) -> T | None:
        """As wait(), but return None if the state was still `old` after that time."""
        return self.wait_until(old, after(seconds))

    def wait_until(self, old: T, deadline: float) -> T | None:
        """As wait_for(), up to a time of time.monotonic()."""
        other = self._other_than(old, deadline)
        return other[0] if other else None

    def add_watch(
        self,
        key: Hashable,
        fn: Callable[[Any, Any, T, T], object],
        everyone: bool = False,
        **options: Any,
    ) -> None:
        """Have fn(key, ref, old, new) called after each change.

        Without `everyone` it hears what this process changes, on the changing thread. With it, it
        hears what any process changes, on one watcher thread of this process: in the order of
        versions. It skips states when it is late, and never rests on an old one. What it raises
        goes to the function of set_watch_error_handler().

        The options are those of atomos.atom.Atom.add_watch(); `everyone` hears in the order of
        versions by itself.

        Errors     ValueError: `ordered`, since a process does not hear what stood between two of
                   its own versions.
        """
        if everyone or options:
            self._listen(key, fn, everyone=everyone, **options)
        else:
            super().add_watch(key, fn)

    def watching(
        self, fn: Callable[[Any, Any, T, T], object], key: Any = None, **options: Any
    ) -> AbstractContextManager[Any]:
        """Return a context manager: fn is a watch inside it. It yields the key.

        The options are those of add_watch(). Its end removes that very watch, as
        remove_watch_and_wait() does.
        """
        return watching(cast("Any", self), fn, key, **options)

    def changed(self) -> asyncio.Future[T]:
        """Return a future of the next state, by whichever process; in the running loop."""
        return changed(self, everyone=True)

    def _listen(
        self, key: Hashable, fn: Callable[..., object], everyone: bool = False, **options: Any
    ) -> Any:
        delivery, once, executor = checked(self, fn, **options)
        if delivery is Delivery.ORDERED:
            raise ValueError(
                f"delivery of {type(self).__name__}.add_watch() has to be 'direct' or 'latest' "
                "where other processes make changes too, not 'ordered'"
            )
        if everyone:
            delivery = Delivery.LATEST
        look = newer if delivery is Delivery.LATEST else None
        watch = self._add_listener(key, fn, CODES[delivery], once, bool(everyone), executor, look)
        if everyone:
            hear(cast("Any", self))
        return watch

    def _commit(self, compute: Callable[[bytes], T], data: bytes | None = None) -> tuple[Seen, T]:
        """Replace the state by compute(its pickle); return what was replaced, and the new state."""
        cell = self._cell
        while True:
            seen = cell._look()
            new = compute(seen[0])
            if self._replace(seen, new, data):
                return seen, new

    def _replace(self, seen: Seen, new: T, data: bytes | None) -> bool:
        """Replace `seen` if it stands and the validator agrees; then tell the watches.

        `data` is the new state's pickle, where that does not depend on `seen`.
        """
        cell = self._cell
        rule, validator = cell._guard()
        if data is None:
            data = pickled(new)
        if validator is not None:
            try:
                self._check(validator, new)
            except ValidationError:
                if cell._stands(seen) and cell._guard()[0] == rule:
                    raise
                return False
        if not cell._replace(seen, data, rule):
            return False
        if self.get_watches():
            self.notify_watches(loads(seen[0]), new)
        return True

    def _compare(self, oldval: T, newval: T) -> tuple[Seen, bool]:
        expected = Expected(oldval)
        data: bytes | None = None
        while True:
            seen = self._cell._look()
            if not expected.is_met_by(seen):
                self._check_unstored(newval)
                return seen, False
            if data is None:
                data = pickled(newval)
            if self._replace(seen, newval, data):
                return seen, True

    def _set_if(self, beyond: Callable[[Any, Any], object], newval: T) -> bool:
        data = pickled(newval)
        while True:
            seen = self._cell._look()
            if not beyond(newval, loads(seen[0])):
                self._check_unstored(newval)
                return False
            if self._replace(seen, newval, data):
                return True

    def _check_unstored(self, candidate: T) -> None:
        validator = self.get_validator()
        if validator is not None:
            self._check(validator, candidate)

    def _check(self, validator: Callable[[T], object], candidate: T) -> None:
        try:
            if validator(candidate):
                return
        except Exception as error:
            self._refuse(candidate, error)
        self._refuse(candidate, None)

    def _refuse(self, candidate: T, cause: Exception | None) -> NoReturn:
        raise ValidationError(
            f"the validator of this {type(self).__name__} refuses {shown(candidate)}; "
            "nothing has changed"
        ) from cause

    def _other_than(self, old: T, deadline: float | None) -> tuple[T, ...]:
        expected = Expected(old)
        in_time = True
        while True:
            seen = self._cell._look()
            if not expected.is_met_by(seen):
                return (loads(seen[0]),)
            if not in_time:
                return ()
            in_time = self._cell._sleep(seen, deadline)
