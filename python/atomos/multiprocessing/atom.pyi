from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from typing_extensions import Self

from .. import atom
from .._atomos import ProcessReference, ProcessRegion
from .._words import UNCHANGED, Attempt
from ..atom import ARef

__all__ = ["UNCHANGED", "ARef", "Atom", "Attempt"]

_T = TypeVar("_T")
_K = TypeVar("_K", bound=Hashable)

class Atom(atom.Atom[_T]):
    _cell: ProcessReference[_T]
    def __init__(
        self, state: _T, *, region: str | ProcessRegion | None = None, name: str | None = None
    ) -> None: ...
    def version(self) -> int: ...
    def add_watch(
        self, key: _K, fn: Callable[[_K, Self, _T, _T], object], everyone: bool = False
    ) -> None: ...
    def _watches(self) -> dict[Hashable, Any]: ...
