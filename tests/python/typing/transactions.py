"""What the types of transactions and of options are: read by mypy and pyright, never run."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from typing import Any

from typing_extensions import assert_type

from atomos import (
    UNCHANGED,
    Atom,
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicReference,
    Attempt,
    SwapOptions,
    TryOptions,
    cursor,
    snapshot_all,
    transact,
    try_transact,
)

names: Atom[tuple[str]] = Atom(("ada",))
count = AtomicInteger(1)
share = AtomicFloat(0.5)
open_ = AtomicBoolean(True)
last: AtomicReference[str | None] = AtomicReference()
few = SwapOptions(tries=3)

# Each value has its variable's type.
assert_type(snapshot_all(names), tuple[tuple[str]])
assert_type(snapshot_all(names, count), tuple[tuple[str], int])
assert_type(snapshot_all(count, share, open_), tuple[int, float, bool])
assert_type(snapshot_all(count, share, open_, last), tuple[int, float, bool, str | None])
assert_type(snapshot_all(count, share, open_, last, names), tuple[Any, ...])
snapshot_all(1)  # type: ignore[call-overload]
snapshot_all(cursor(names, key=0))  # type: ignore[call-overload]


def move(n: int, x: float) -> tuple[int, float]:
    return n - 1, x + 1


def move_or_not(n: int, x: float) -> tuple[int, float] | Any:
    return move(n, x) if n else UNCHANGED


assert_type(transact(lambda n: (n + 1,), count), tuple[int])
assert_type(transact(move, count, share), tuple[int, float])
assert_type(transact(few, move, count, share), tuple[int, float])
assert_type(transact(lambda n, x, o: (n, x, not o), count, share, open_), tuple[int, float, bool])
assert_type(try_transact(move, count, share), Attempt[tuple[int, float]])
assert_type(
    try_transact(few, lambda n: (n + 1,) if n < 9 else UNCHANGED, count), Attempt[tuple[int]]
)
assert_type(try_transact(move_or_not, count, share).now, tuple[int, float])
transact(move, count)  # type: ignore[arg-type]
transact(move, share, names)  # type: ignore[arg-type]
transact(lambda n: n + 1, count)  # type: ignore[arg-type, return-value]
transact(lambda n: (n,) if n else UNCHANGED, count)  # type: ignore[arg-type, return-value]
transact(3, move, count, share)  # type: ignore[call-overload]


def add(n: int, by: int, *, times: int = 1) -> int:
    return n + by * times


# Options stand before what is called anyway.
atom = Atom(1)
assert_type(atom.swap(few, lambda n: n + 1), int)
assert_type(atom.swap(few, add, 1, times=2), int)
assert_type(atom.swap_vals(few, add, by=1), tuple[int, int])
assert_type(atom.try_swap(TryOptions(tries=3, within=0.1), add, 1), Attempt[int])
assert_type(count.update_and_get(few, lambda n: n + 1), int)
assert_type(count.get_and_update(few, abs), int)
assert_type(count.accumulate_and_get(few, 1, add), int)
assert_type(share.get_and_accumulate(few, 1.5, max), float)
assert_type(last.try_update(TryOptions(within=0.1), lambda s: s or UNCHANGED), Attempt[str | None])
assert_type(cursor(Atom({"a": 1}), key="a").swap(few, add, 1), int)
atom.swap(few, add)  # type: ignore[call-overload]
atom.swap(TryOptions(), add, 1)  # type: ignore[call-overload]
atom.try_swap(few, add, 1)  # type: ignore[call-overload]
SwapOptions()  # type: ignore[call-arg]
SwapOptions(tries="3")  # type: ignore[arg-type]
TryOptions(tries=0.5)  # type: ignore[arg-type]
few.tries = 4  # type: ignore[misc]
