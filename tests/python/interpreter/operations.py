"""Every method of every thread type as one call that leaves the state equal to what it was.

What a test does to all methods (count references, fail allocations, repeat a million times) it does
by this table (`table.py` has it whole).
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import atomos

SMALL = 5000
LARGE = 1 << 80


class Thing:
    """A value that equals only itself, is less than any, and can be watched by weak references."""

    def __lt__(self, _: object) -> bool:
        return True


@dataclass(frozen=True)
class Operation:
    """`bind(make())` is what to call and its arguments; `owner` and `method` name it."""

    owner: str
    method: str
    make: Callable[[], Any]
    bind: Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]
    note: str = field(default="")

    def __str__(self) -> str:
        return f"{self.owner}.{self.method}{self.note}"


def state_of(cell: Any) -> Any:
    """What a cell holds, by its own words."""
    if isinstance(cell, (atomos.LongAdder, atomos.DoubleAdder)):
        return cell.sum()
    return cell.deref() if isinstance(cell, atomos.Atom) else cell.get()


def first(value: Any, *_: Any, **__: Any) -> Any:
    """A mutator that leaves the value as it is."""
    return value


def unchanged(_: Any, *__: Any) -> Any:
    """A mutator that declines."""
    return atomos.UNCHANGED


def heard(*_: Any) -> bool:
    """A watch, and a validator that accepts."""
    return True


def call(method: str, *args: Any) -> Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Binds a method with fixed arguments."""
    return lambda cell: (getattr(cell, method), args)


def reference_operations(
    owner: str, make: Callable[[], Any], value: Any, other: Any, note: str = ""
) -> Iterator[Operation]:
    """What every reference has; `value` is what `make` puts in, and `other` is not."""
    past = time.monotonic() - 1
    for method, args in (
        ("get", ()),
        ("read", (first,)),
        ("set", (value,)),
        ("get_and_set", (value,)),
        ("compare_and_set", (value, value)),
        ("compare_and_exchange", (value, value)),
        ("update_and_get", (first,)),
        ("get_and_update", (first,)),
        ("accumulate_and_get", (other, first)),
        ("get_and_accumulate", (other, first)),
        ("try_update", (first,)),
        ("wait", (other,)),
        ("wait_for", (other, 1)),
        ("wait_until", (other, past)),
        ("notify_one", ()),
        ("notify_all", ()),
    ):
        yield Operation(owner, method, make, call(method, *args), note)
    for method, args, why in (
        ("compare_and_set", (other, value), ", lost"),
        ("compare_and_exchange", (other, value), ", lost"),
        ("try_update", (unchanged,), ", declined"),
        ("wait_for", (value, 0), ", late"),
        ("wait_until", (value, past), ", late"),
    ):
        yield Operation(owner, method, make, call(method, *args), note + why)
    if not isinstance(value, dict):
        for method in ("set_if_less", "set_if_greater"):
            yield Operation(owner, method, make, call(method, value), note)
    yield Operation(owner, "_value", make, lambda cell: (getattr, (cell, "_value")), note)
    yield Operation(
        owner, "_value", make, lambda cell: (setattr, (cell, "_value", value)), note + " ="
    )


def _raised_and_back(
    value: Any,
) -> Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]:
    def both(cell: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return lambda: (cell.set_if_greater(value + 1), cell.set_if_less(value)), ()

    return both


def number_operations(
    owner: str, make: Callable[[], Any], value: Any, zero: Any, note: str = ""
) -> Iterator[Operation]:
    """What every number has besides; each leaves the value equal."""
    for verb, x in (("add", zero), ("subtract", zero), ("max", value), ("min", value)):
        for method in (f"{verb}_and_get", f"get_and_{verb}"):
            yield Operation(owner, method, make, call(method, x), note)
    yield Operation(owner, "set_if_greater, set_if_less", make, _raised_and_back(value), note)
    for sign in ("+=", "-="):
        yield in_place(owner, make, sign, zero, note)
    for sign, x in (("*=", 1), ("//=", 1), ("**=", 1), ("%=", value + value)):
        yield in_place(owner, make, sign, type(value)(x), note)


def integer_operations(
    owner: str, make: Callable[[], Any], value: int, note: str
) -> Iterator[Operation]:
    """What integers have besides."""
    for verb, mask in (("or", 0), ("and", -1), ("xor", 0)):
        for method in (f"bitwise_{verb}_and_get", f"get_and_bitwise_{verb}"):
            yield Operation(owner, method, make, call(method, mask), note)
    yield from bounded_operations(owner, make, value, note)
    yield Operation(owner, "checked_add_and_get", make, call("checked_add_and_get", 0), note)
    for sign, mask in (("<<=", 0), (">>=", 0), ("&=", -1), ("|=", 0), ("^=", 0)):
        yield in_place(owner, make, sign, mask, note)


def bounded_operations(
    owner: str, make: Callable[[], Any], value: Any, note: str = ""
) -> Iterator[Operation]:
    """What integers and floats have besides."""
    zero, one = type(value)(0), type(value)(1)
    for method in ("try_add", "add_clamped"):
        yield Operation(owner, method, make, call(method, zero, -2 * value, 2 * value), note)
    yield Operation(owner, "try_add", make, call("try_add", one, zero, one), note + ", refused")


def drained_operations(
    owner: str, make: Callable[[], Any], drain: str, give: str, value: Any, note: str = ""
) -> Iterator[Operation]:
    """A drain, or a reset, and what is given again."""

    def both(method: str) -> Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]:
        return lambda cell: (lambda: (getattr(cell, method)(), getattr(cell, give)(value)), ())

    for method in (drain, "reset"):
        yield Operation(owner, f"{method}, {give}", make, both(method), note)


def pair(owner: str, make: Callable[[], Any], up: str, down: str, note: str = "") -> Operation:
    """Two methods without arguments that undo each other."""

    def both(cell: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        rise, fall = getattr(cell, up), getattr(cell, down)
        return lambda: (rise(), fall()), ()

    return Operation(owner, f"{up}, {down}", make, both, note)


_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": operator.itruediv,
    "//=": operator.ifloordiv,
    "%=": operator.imod,
    "**=": operator.ipow,
    "<<=": operator.ilshift,
    ">>=": operator.irshift,
    "&=": operator.iand,
    "|=": operator.ior,
    "^=": operator.ixor,
}


def in_place(owner: str, make: Callable[[], Any], sign: str, x: Any, note: str = "") -> Operation:
    """An operator that writes."""
    return Operation(owner, sign, make, lambda cell: (_SIGNS[sign], (cell, x)), note)
