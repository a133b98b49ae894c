"""Watches that hear what all processes change: one thread of this process tells them.

The thread sleeps on an event descriptor. What writes to it is native, knows nothing of Python, and
sleeps in turn on the regions; so neither a fork nor the interpreter's end has to wait for either.
"""

from __future__ import annotations

import os
import threading
import weakref
from pickle import loads
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._pickles import Seen
    from .atom import Atom


def newer(atom: Atom[Any], told: Seen | None) -> tuple[Seen, Any, Any] | None:
    """Return what stands now, and the states before and after; None if that was told already."""
    now = atom._cell._look()
    if told is None:
        return now, None, None
    return None if told[2] == now[2] else (now, loads(told[0]), loads(now[0]))


class _Watcher:
    """The thread, and the atoms whose changes it tells of."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._bell = -1
        self._atoms: dict[weakref.ref[Atom[Any]], object] = {}

    def hear(self, atom: Atom[Any]) -> None:
        with self._mutex:
            if self._bell < 0:
                self._start()
            # Without the lock, which this thread may hold: an atom's end comes at any moment.
            key = weakref.ref(atom, lambda ref: self._atoms.pop(ref, None))
            if key not in self._atoms:
                self._atoms[key] = atom._cell._listen(self._bell)
            os.eventfd_write(self._bell, 1)

    def begin_anew(self) -> None:
        """In a fork's child: the thread is not there, and the descriptor is the parent's, too."""
        self._mutex = threading.Lock()
        if self._bell < 0:
            return
        atoms = [atom for atom in (ref() for ref in list(self._atoms)) if atom is not None]
        self._atoms.clear()
        os.close(self._bell)
        self._bell = -1
        for atom in atoms:
            self.hear(atom)

    def _start(self) -> None:
        bell = os.eventfd(0, os.EFD_CLOEXEC)
        thread = threading.Thread(
            target=self._run, args=(bell,), name="atomos-watcher", daemon=True
        )
        try:
            thread.start()
        except BaseException:
            os.close(bell)
            raise
        self._bell = bell

    def _run(self, bell: int) -> None:
        while True:
            os.read(bell, 8)  # which goes on after a signal; os.eventfd_read does not
            for ref in list(self._atoms):
                atom = ref()
                if atom is not None:
                    atom._tell_listeners()
                    del atom


_watcher = _Watcher()
os.register_at_fork(after_in_child=_watcher.begin_anew)


def hear(atom: Atom[Any]) -> None:
    """Have the watches of that atom that want it told of all processes' changes."""
    _watcher.hear(atom)
