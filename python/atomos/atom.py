"""Atoms: shared state that is looked at by anybody, replaced whole, and watched.

    state = Atom({"users": 0})
    state.add_watch("log", lambda key, ref, old, new: print(old, "->", new))
    state.swap(lambda s: {**s, "users": s["users"] + 1})
    state.deref()
    cursor(state, key="users").swap(lambda n: n + 1)
    transact(lambda s, done: (s, done + 1), state, AtomicInteger())
"""

from __future__ import annotations

from . import _watching as _watching  # which native methods call
from ._atomos import ARef, Atom, snapshot_all, transact, try_transact
from ._cursor import Cursor, cursor
from ._lens import Lens, lens
from ._options import SwapOptions, TryOptions
from ._watches import Delivery, WatchFailure, set_watch_error_handler
from ._words import UNCHANGED, Attempt

__all__ = [
    "UNCHANGED",
    "ARef",
    "Atom",
    "Attempt",
    "Cursor",
    "Delivery",
    "Lens",
    "SwapOptions",
    "TryOptions",
    "WatchFailure",
    "cursor",
    "lens",
    "set_watch_error_handler",
    "snapshot_all",
    "transact",
    "try_transact",
]
