"""What the classes that are written in Python have in common with the native ones."""

from __future__ import annotations

from typing import NoReturn

from . import util


class Shared:
    """An object of atomos.atomic: threads share it, and it shows what it holds."""

    def _shown(self) -> object:
        raise NotImplementedError

    def __repr__(self) -> str:
        return util.repr("atomos.atomic", self, self._shown())

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            f"cannot pickle or copy '{type(self).__name__}' object: threads share it, and a copy "
            "would be another one; pickle its value, or use atomos.multiprocessing"
        )


def refuse(holder: object, what: str, wanted: str, met: object) -> NoReturn:
    """Raise the TypeError of a value that a class does not accept."""
    raise TypeError(
        f"the {what} of {type(holder).__name__} has to be {wanted}, not {type(met).__name__}"
    )
