"""What the types of atomos.atom are: read by mypy and pyright, never run."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

import asyncio
import operator
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

from typing_extensions import assert_type

from atomos import (
    UNCHANGED,
    ARef,
    Atom,
    AtomicReference,
    Attempt,
    Cursor,
    Delivery,
    WatchFailure,
    cursor,
    lens,
    set_watch_error_handler,
)

State = dict[str, int]
atom: Atom[State] = Atom({})
count = Atom(0)
assert_type(count, Atom[int])
assert_type(count.deref(), int)
assert_type(count.read(str), str)
assert_type(count.reset(1), int)
assert_type(count.reset_vals(newval=1), tuple[int, int])
assert_type(count.compare_and_set(oldval=1, newval=2), bool)
assert_type(count.compare_and_exchange(1, 2), Attempt[int])
assert_type(count.wait(1), int)
assert_type(count.wait_for(1, 0.5), int | None)
assert_type(count.wait_until(1, deadline=0.5), int | None)


def add(n: int, by: int, *, times: int = 1) -> int:
    return n + by * times


# swap takes what its function takes after the state, and nothing else.
assert_type(count.swap(lambda n: n + 1), int)
assert_type(count.swap(add, 1), int)
assert_type(count.swap(add, by=1, times=2), int)
assert_type(count.swap(fn=abs), int)
assert_type(count.swap(operator.add, 1), int)
assert_type(count.swap_vals(add, 1), tuple[int, int])
assert_type(count.try_swap(lambda n: n + 1 if n < 9 else UNCHANGED), Attempt[int])
assert_type(atom.swap(lambda state: {**state, "ada": 1}), State)
count.swap(add)  # type: ignore[call-overload]
count.swap(add, "1")  # type: ignore[call-overload]
count.swap(add, 1, twice=2)  # type: ignore[call-arg]
count.swap(str)  # type: ignore[call-overload]
count.reset("1")  # type: ignore[arg-type]


def may_stop(n: int) -> int | None:
    return n or None


count.try_swap(may_stop)  # type: ignore[call-overload]


# Watches get the key that they were added with, the atom, and two states.
def tell(key: str, ref: Atom[int], old: int, new: int) -> None:
    print(key, ref.deref(), old + new)


def tell_anything(key: object, ref: ARef[Any], old: object, new: object) -> bool:
    return old is new


count.add_watch("log", tell)
count.add_watch(("a", 1), tell_anything)
count.add_watch(key="log", fn=lambda key, ref, old, new: print(key.upper(), ref.deref(), old + new))
assert_type(count.get_watches(), dict[Hashable, Callable[[Any, Atom[int], int, int], object]])
assert_type(count.remove_watch(("a", 1)), None)
assert_type(count.notify_watches(oldval=1, newval=2), None)
count.add_watch(3, tell)  # type: ignore[arg-type]
count.add_watch([], tell_anything)  # type: ignore[type-var]
count.add_watch("log", print(1))  # type: ignore[arg-type]
atom.add_watch("log", tell)  # type: ignore[arg-type]

with count.watching(tell, key="while") as key:
    assert_type(key, str)
with count.watching(tell_anything) as made:
    assert_type(made, Hashable)

# How watches want to hear.
count.add_watch("log", tell, delivery="ordered", once=True)
count.add_watch("log", tell, delivery=Delivery.LATEST, executor=ThreadPoolExecutor(1))
count.add_watch("log", tell, executor=lambda task: print(task()))
count.add_watch("log", tell, executor=None)
count.add_watch("log", tell, delivery="sorted")  # type: ignore[arg-type]
count.add_watch("log", tell, executor=3)  # type: ignore[arg-type]
count.add_watch("log", tell, "ordered")  # type: ignore[call-arg]
assert_type(count.remove_watch_and_wait(key="log"), bool)
with count.watching(tell, "while", delivery="latest", once=True, executor=None) as key:
    assert_type(key, str)


def told_of_errors(failure: WatchFailure) -> None:
    assert_type(failure.error, BaseException)


assert_type(set_watch_error_handler(told_of_errors), Callable[[WatchFailure], object] | None)
set_watch_error_handler(None)
set_watch_error_handler(tell)  # type: ignore[arg-type]

# Validators, and what is invariant.
count.set_validator(lambda n: n >= 0)
count.set_validator(None)
assert_type(count.get_validator(), Callable[[int], object] | None)
count.set_validator(len)  # type: ignore[arg-type]
wider: Atom[object] = count  # type: ignore[assignment]
watched: ARef[int] = count


async def follow() -> None:
    assert_type(count.changed(), asyncio.Future[int])
    assert_type(await count.changed(), int)
    assert_type(await asyncio.wait_for(count.changed(), 1), int)


class Counter(Atom[int]):
    """Watches of a subclass get it."""

    def increment(self) -> int:
        return self.swap(add, 1)


def tell_counter(key: str, ref: Counter, old: int, new: int) -> None:
    print(key, ref.increment())


Counter(0).add_watch("log", tell_counter)
count.add_watch("log", tell_counter)  # type: ignore[arg-type]

holder = AtomicReference(Atom({"n": 1}))
assert_type(holder.get().deref(), State)

# Cursors: the type of the part is known where the whole's says it.
users = cursor(atom, key="users")
assert_type(users, Cursor[int])
assert_type(users.deref(), int)
assert_type(users.swap(add, 1, times=2), int)
assert_type(users.swap_vals(add, by=1), tuple[int, int])
assert_type(users.try_swap(lambda n: n + 1 if n < 9 else UNCHANGED), Attempt[int])
assert_type(users.reset(1), int)
assert_type(users.compare_and_exchange(1, 2), Attempt[int])
assert_type(users.wait_for(1, 0.5), int | None)
assert_type(cursor(atom, key="users", default=0), Cursor[int])
assert_type(cursor(Atom([1.5]), key=0), Cursor[float])
assert_type(cursor(Atom({"a": {"b": 1}}), key="a"), Cursor[dict[str, int]])
assert_type(cursor(cursor(Atom({"a": {"b": 1}}), key="a"), key="b"), Cursor[int])
assert_type(cursor(Atom(Fraction(1)), attribute="numerator"), Cursor[Any])
assert_type(cursor(count, lens(str, lambda n, text: n + int(text))), Cursor[str])
users.swap(add)  # type: ignore[call-overload]
users.reset("1")  # type: ignore[arg-type]
cursor(atom)  # type: ignore[call-overload]
cursor(atom, "users")  # type: ignore[call-overload]


def tell_users(key: str, ref: Cursor[int], old: int, new: int) -> None:
    print(key, ref.deref(), old + new)


users.add_watch("door", tell_users)
users.add_watch(3, tell_users)  # type: ignore[arg-type]
users.add_watch("door", tell_users, delivery="ordered", executor=None)
users.add_watch("door", tell_users, once=True)  # type: ignore[call-arg]
assert_type(users.remove_watch_and_wait("door"), bool)
with users.watching(tell_users, key="while", delivery="latest") as door:
    assert_type(door, str)
