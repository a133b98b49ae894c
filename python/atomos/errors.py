"""What goes wrong, and whether the write happened.

Each message names the thing, the value met and the value allowed. Wrong arguments are TypeError,
ValueError or OverflowError, as everywhere in Python.
"""

from __future__ import annotations

__all__ = [
    "AlreadyExists",
    "Damaged",
    "Error",
    "Full",
    "Mismatch",
    "NotFound",
    "OutcomeUnknown",
    "PermissionDenied",
    "Unavailable",
    "ValidationError",
    "WouldDeadlock",
]


class Error(RuntimeError):
    """What every error of atomos derives from."""


class Unavailable(Error):
    """It cannot be done just now: trying again may help. Nothing has changed."""


class NotFound(Error):
    """There is no such region or variable. Nothing has changed."""


class AlreadyExists(Error):
    """There is one of that name. Nothing has changed."""


class PermissionDenied(Error):
    """The system does not allow it, or the region is open for reading only. Nothing has changed."""


class Full(Error):
    """No memory, participant or name is left in the region. Nothing has changed."""


class Mismatch(Error):
    """It is of another type, layout or format: never try again. Nothing has changed."""


class Damaged(Error):
    """What stands in the region is not what was written there. Nothing has changed."""


class ValidationError(Error, ValueError):
    """The validator refuses the value; what it raised is the cause. Nothing has changed."""


class WouldDeadlock(Error):
    """The write would wait for the caller itself, whose function holds the variable's writers off.

    SwapOptions and transact() say when. Nothing has changed.
    """


class OutcomeUnknown(Error):
    """Whether the write happened cannot be told."""
