"""Atomic values that processes share: numbers, references and atoms in shared memory.

    from atomos.multiprocessing.atomic import AtomicLong

    hits = AtomicLong()                               # shared by fork, and with whom it is sent to
    jobs = AtomicLong(0, region="shop", name="jobs")  # shared with whoever uses the names

Nothing is started and nothing is made by the import. There is no server process: a process that is
killed anywhere blocks nobody, and what it had committed stands.

Objects without a name live in one region of the process family, which is made with the first of
them and removed by the last process. Whoever gets such an object (by fork, as an argument of a
Process, through a Queue, a Pipe or a Pool) shares its value, also when its maker has ended.
copy.copy and copy.deepcopy give another handle of the same variable.

Bound      A variable without a name is used again when its object ends, unless it was pickled or
           lived through a fork: then another process may know it, and it stays until the family
           ends.
"""

from __future__ import annotations

import sys

if not sys.platform.startswith("linux"):
    raise ImportError(
        "atomos.multiprocessing needs Linux (shared memory, futexes, file locks), "
        f"not {sys.platform}; "
        "atomos.atomic and atomos.atom work everywhere"
    )

from ._region import Participant, Recovered, Region, Variable

__all__ = ["Participant", "Recovered", "Region", "Variable"]
