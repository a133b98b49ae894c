"""Single values that processes share: the classes of atomos.atomic, under the same names.

    hits = AtomicInteger()
    Process(target=work, args=(hits,)).start()
    hits.add_and_get(1)

With region= (a name or a Region) and name= an object is the variable of that name, opened or made;
without them it is shared by fork and by pickling. AtomicInteger and AtomicLong have 64 bits and
raise OverflowError; AtomicFloat is a double; AtomicCtypesReference and AtomicNumber wrap as their
ctypes type does. AtomicReference holds any value that can be pickled, and get() is a copy of one's
own. Arrays, stamped and markable references, adders and accumulators are made of these.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import gt, lt
from pickle import loads
from typing import Any, TypeVar

from .. import util
from .._atomos import (
    ProcessAtomicBoolean as AtomicBoolean,
)
from .._atomos import (
    ProcessAtomicCtypesReference as AtomicCtypesReference,
)
from .._atomos import (
    ProcessAtomicFloat as AtomicFloat,
)
from .._atomos import (
    ProcessAtomicInteger as AtomicInteger,
)
from .._atomos import (
    ProcessAtomicLong as AtomicLong,
)
from .._atomos import (
    ProcessAtomicNumber as AtomicNumber,
)
from .._atomos import (
    ProcessReference,
)
from .._options import Persistence, TryOptions, begin
from .._words import UNCHANGED, Attempt
from . import _family as _family  # so that this process removes the family's region, opened or not
from ._adders import DoubleAccumulator, DoubleAdder, LongAccumulator, LongAdder
from ._deadline import after
from ._number_arrays import (
    AtomicBooleanArray,
    AtomicFloatArray,
    AtomicIntegerArray,
    AtomicLongArray,
    AtomicNumberArray,
)
from ._pickles import Expected, Seen, pickled
from ._reference_arrays import AtomicArray, AtomicReferenceArray
from ._stamped import AtomicMarkableReference, AtomicStampedReference

__all__ = [
    "UNCHANGED",
    "AtomicArray",
    "AtomicBoolean",
    "AtomicBooleanArray",
    "AtomicCtypesReference",
    "AtomicFloat",
    "AtomicFloatArray",
    "AtomicInteger",
    "AtomicIntegerArray",
    "AtomicLong",
    "AtomicLongArray",
    "AtomicMarkableReference",
    "AtomicNumber",
    "AtomicNumberArray",
    "AtomicReference",
    "AtomicReferenceArray",
    "AtomicStampedReference",
    "Attempt",
    "DoubleAccumulator",
    "DoubleAdder",
    "LongAccumulator",
    "LongAdder",
    "TryOptions",
]

T = TypeVar("T")


class AtomicReference(ProcessReference[T]):
    """A value that can be pickled, in shared memory; replaced whole.

        state = AtomicReference({"users": 0})
        state.update_and_get(lambda s: {**s, "users": s["users"] + 1})

    AtomicReference(value=None, *, region=None, name=None). What get() returns is a copy of one's
    own. A value is compared by its pickle, then by ==. Functions run with nothing locked, and
    again after a lost race; they may change the value that they are given, and return it.

    Progress   Lock-free. A process that is killed blocks nobody.
    Errors     What pickling raises; Full and the others of atomos.errors. Nothing has changed.
    """

    def __repr__(self) -> str:
        return util.repr(__name__, self, self.get())

    def read(self, fn: Callable[[T], Any]) -> Any:
        """Return fn(value)."""
        return fn(self.get())

    def get_and_set(self, value: T) -> T:
        """Replace the value, and return the one before."""
        data = pickled(value)
        return loads(self._change(lambda seen: data)[0])

    def compare_and_set(self, expect: T, update: T) -> bool:
        """Replace the value if it equals `expect`; return whether that was so."""
        return self._compare(expect, update)[1]

    def compare_and_exchange(self, expect: T, update: T) -> Attempt[T]:
        """As compare_and_set(), but return Attempt(won, now): the value that stands now."""
        seen, won = self._compare(expect, update)
        return Attempt(won, update if won else loads(seen[0]))

    def update_and_get(self, fn: Callable[[T], T]) -> T:
        """Replace the value by fn(value), and return the new one."""
        while True:
            seen = self._look()
            value = fn(loads(seen[0]))
            if self._replace(seen, pickled(value), 0):
                return value

    def get_and_update(self, fn: Callable[[T], T]) -> T:
        """As update_and_get(), but return the value before."""
        return loads(self._change(lambda seen: pickled(fn(loads(seen))))[0])

    def accumulate_and_get(self, x: Any, fn: Callable[[T, Any], T]) -> T:
        """Replace the value by fn(value, x), and return the new one."""
        return self.update_and_get(lambda value: fn(value, x))

    def get_and_accumulate(self, x: Any, fn: Callable[[T, Any], T]) -> T:
        """As accumulate_and_get(), but return the value before."""
        return self.get_and_update(lambda value: fn(value, x))

    def try_update(self, fn: Callable[[T], Any], *after_options: Callable[[T], Any]) -> Attempt[T]:
        """As update_and_get(), but fn may return UNCHANGED. Return Attempt(won, now).

        try_update(TryOptions(...), fn) may also give up after a lost race.
        """
        options, fn, rest = begin(TryOptions, fn, after_options)
        if rest:
            raise TypeError("try_update() takes one function, after TryOptions or alone")
        persistence = Persistence(options) if options else None
        while True:
            seen = self._look()
            value = fn(loads(seen[0]))
            if value is UNCHANGED:
                return Attempt(False, loads(seen[0]))
            if self._replace(seen, pickled(value), 0):
                return Attempt(True, value)
            if persistence and not persistence.goes_on():
                return Attempt(False, self.get())

    def set_if_less(self, value: T) -> bool:
        """Set the value if it is less than the one that stands; return whether it was."""
        return self._set_if(lt, value)

    def set_if_greater(self, value: T) -> bool:
        """As set_if_less(), if it is greater."""
        return self._set_if(gt, value)

    def wait(self, old: T) -> T:
        """Wait until the value does not equal `old`, and return it. Writers wake by themselves."""
        return self._other_than(old, None)[0]

    def wait_for(self, old: T, seconds: float) -> T | None:
        """As wait(), but return None if the value was still `old` after that time."""
        return self.wait_until(old, after(seconds))

    def wait_until(self, old: T, deadline: float) -> T | None:
        """As wait_for(), up to a time of time.monotonic()."""
        other = self._other_than(old, deadline)
        return other[0] if other else None

    def _change(self, compute: Callable[[bytes], bytes]) -> Seen:
        """Replace the pickle by compute(pickle), and return what was replaced."""
        while True:
            seen = self._look()
            if self._replace(seen, compute(seen[0]), 0):
                return seen

    def _compare(self, expect: T, update: T) -> tuple[Seen, bool]:
        """Replace an equal value. An equal one is never missed: a lost race is run again."""
        expected = Expected(expect)
        data: bytes | None = None
        while True:
            seen = self._look()
            if not expected.is_met_by(seen):
                return seen, False
            if data is None:
                data = pickled(update)
            if self._replace(seen, data, 0):
                return seen, True

    def _set_if(self, beyond: Callable[[Any, Any], object], value: T) -> bool:
        data = pickled(value)
        while True:
            seen = self._look()
            if not beyond(value, loads(seen[0])):
                return False
            if self._replace(seen, data, 0):
                return True

    def _other_than(self, old: T, deadline: float | None) -> tuple[T, ...]:
        """Return a value that does not equal `old`, in a tuple; an empty one: none in time."""
        expected = Expected(old)
        in_time = True
        while True:
            seen = self._look()
            if not expected.is_met_by(seen):
                return (loads(seen[0]),)
            if not in_time:
                return ()
            in_time = self._sleep(seen, deadline)
