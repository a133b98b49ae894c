"""Lenses: how a part of a value is read, and how a value with another part is made."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

W = TypeVar("W")
P = TypeVar("P")

UNSAID: Any = object()


class Lens(Generic[W, P]):
    """get(whole) gives the part, set(whole, part) a new whole; lens() makes them."""

    __slots__ = ("get", "set")
    __module__ = "atomos.atom"

    def __init__(self, get: Callable[[W], P], set: Callable[[W, P], W]) -> None:
        self.get = get
        self.set = set


def lens(get: Callable[[W], P], set: Callable[[W, P], W]) -> Lens[W, P]:
    """Return the lens of get(whole) and set(whole, part), which must not change the whole.

    celsius = lens(lambda k: k - 273.15, lambda k, c: c + 273.15)
    """
    return Lens(get, set)


lens.__module__ = "atomos.atom"


def of_key(key: Any, default: Any = UNSAID) -> Lens[Any, Any]:
    """The lens of whole[key]; what is not there reads as `default`, if one is given."""

    def get(whole: Any) -> Any:
        try:
            return whole[key]
        except LookupError:
            if default is UNSAID:
                raise
            return default

    return Lens(get, lambda whole, part: _with_item(whole, key, part))


def of_attribute(name: str) -> Lens[Any, Any]:
    """The lens of whole.name."""
    return Lens(
        lambda whole: getattr(whole, name), lambda whole, part: _with_attribute(whole, name, part)
    )


def _with_item(whole: Any, key: Any, part: Any) -> Any:
    kind = cast("Any", type(whole))
    if issubclass(kind, tuple):
        items: list[Any] = list(whole)
        items[key] = part
        return whole._make(items) if hasattr(whole, "_make") else whole.__class__(items)
    if hasattr(kind, "__setitem__"):
        changed = copy.copy(whole)
        changed[key] = part
        return changed
    if hasattr(kind, "set"):  # of persistent maps and vectors
        return whole.set(key, part)
    raise TypeError(f"no {kind.__name__} can be made with another item; give a lens(get, set)")


def _with_attribute(whole: Any, name: str, part: Any) -> Any:
    kind = cast("Any", type(whole))
    if hasattr(kind, "__replace__"):  # Python 3.13 has it for all of these
        return whole.__replace__(**{name: part})
    if hasattr(kind, "__dataclass_fields__"):
        import dataclasses  # who has one has paid for it

        return dataclasses.replace(whole, **{name: part})
    if hasattr(kind, "_replace"):  # of named tuples
        return whole._replace(**{name: part})
    changed = copy.copy(whole)
    setattr(changed, name, part)
    return changed
