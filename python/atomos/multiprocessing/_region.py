"""Regions: named pieces of shared memory, and what they tell about themselves."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._atomos import ProcessRegion


class Variable(NamedTuple):
    """What a region knows of a variable."""

    name: str
    type: str
    kind: str
    """number, boolean, reference, array, adder or accumulator."""
    size: int
    """Of its value, in bytes."""
    version: int
    """Of references and atoms; numbers have none: 0."""
    damage: str
    """Why its value cannot be read; empty: it can."""


class Participant(NamedTuple):
    """What a region knows of a process that writes, or did."""

    number: int
    pid: int
    alive: bool
    joined: int
    """How often somebody joined under this number."""
    bytes: int


class Recovered(NamedTuple):
    """What dead processes had left, and is adopted now."""

    participants: int
    bytes: int


class Region(ProcessRegion):
    """A named piece of shared memory, in which variables live by name.

        shop = Region.open_or_create("shop")
        orders = AtomicLong(0, region=shop, name="orders")

    Made by create(name), open(name) and open_or_create(name), with the options bytes, limit,
    participants, mode, read_only and owner. A region is the file atomos-NAME in the folder that
    ATOMOS_REGIONS names, or in /dev/shm. Variables keep their region by themselves.

    Errors     ValueError: a name or an option. AlreadyExists, NotFound, PermissionDenied, Mismatch,
               Damaged, Full, Unavailable (atomos.errors).
    """

    __slots__ = ()

    def variables(self) -> list[Variable]:
        """Return what there is. A damaged value is reported as such."""
        return [Variable(*found) for found in self._variables()]

    def participants(self) -> list[Participant]:
        """Return who writes, or did."""
        return [Participant(*found) for found in self._participants()]

    def recover(self) -> Recovered:
        """Adopt what dead processes left.

        Nobody has to: who joins, or is short of space, does it too.
        """
        return Recovered(*self._recover())

    def __repr__(self) -> str:
        return f"<atomos.multiprocessing.Region {self.name!r}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _open, (type(self), self.name, self.read_only)


def _open(cls: type[Region], name: str, read_only: bool) -> Region:
    return cls.open(name, read_only=read_only)
