"""The region of a process family, in which objects without a name live.

It is the file atomos-py-NAME, made with the first object. NAME is derived from what the processes
of a family, and only they, have in common: multiprocessing's authkey, which spawn and forkserver
hand on. So they all find the same one, whoever makes it. A process that gets a pickled object of
another family opens that one's region, and makes it its own if it has none yet.

When is the file removed? Each process that has it open holds a shared flock of a file description
that is its own; the kernel lets go of it, however the process ends. At its end a process asks for
the lock alone: if it gets it, nobody else has the region open, and it removes the file while it
holds the lock.

    a fork      opens the child's description before the fork, in the parent: the child holds it
                from its first instruction on, and no moment is uncovered. Each side then closes
                the other's.
    a joiner    opens the file, takes the shared lock, and looks whether the file still has its
                name. If the leaver was first, it has none, or the lock is refused: the joiner
                begins again.
    a leaver    that does not get the lock leaves the file to those who are there.

A child that did not inherit it does not remove it while its parent lives: what it has put into a
Queue may be on its way to a process that has not opened the region yet. The parent removes it at
its own end, opened or not. What killed processes left is swept ten minutes later, by the next
process that makes such a region.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import multiprocessing.process
import os
import threading
import time
from multiprocessing import util

from ..errors import Unavailable
from ._region import Region

PREFIX = "py-"
SWEPT_AFTER = 600.0
PATIENCE = 5.0


class _Hold:
    """A region that this process has open, and the lock that says so."""

    def __init__(self, region: Region, path: str, lock: int) -> None:
        self.region = region
        self.path = path
        self.lock = lock
        self.inherited = False


_holds: dict[str, _Hold] = {}
_mutex = threading.Lock()
_families: dict[str, Region] = {}
_for_child: dict[int, dict[str, int]] = {}
_forked_from: int | None = None


def enter(folder: str) -> Region:
    """Open or make the family's region in that folder (ATOMOS_REGIONS): objects live there."""
    with _mutex:
        region = _families.get(folder)
        if region is None:
            _sweep()
            region = _families[folder] = _hold(_family_name(), True)
        region._be_family(folder)
        return region


def open_at(address: tuple[str, str, bool]) -> Region:
    """Open a region by its folder and name, for reading only or not: what a pickle says.

    The folder may be another than ATOMOS_REGIONS is here: a forkserver's children have the
    environment in which it was started.

    Errors     NotFound: all processes that had the family's region open have ended.
    """
    folder, name, read_only = address
    with _mutex:
        here = os.environ.get("ATOMOS_REGIONS")
        if os.path.realpath(here or "/dev/shm") != folder:
            os.environ["ATOMOS_REGIONS"] = folder
        try:
            if read_only or not name.startswith(PREFIX):
                return Region.open(name, read_only=read_only)
            region = _hold(name, False)
        finally:
            if here is None:
                os.environ.pop("ATOMOS_REGIONS", None)
            else:
                os.environ["ATOMOS_REGIONS"] = here
        if (here or "") not in _families:
            _families[here or ""] = region
            region._be_family(here or "")
        return region


def _family_name() -> str:
    key = bytes(multiprocessing.process.current_process().authkey)
    digest = hmac.new(key, b"atomos family of user %d" % os.geteuid(), hashlib.sha256)
    return PREFIX + digest.hexdigest()[:32]


def _path_of(name: str) -> str:
    folder = os.path.realpath(os.environ.get("ATOMOS_REGIONS") or "/dev/shm")
    return os.path.join(folder, "atomos-" + name)


def _hold(name: str, make: bool) -> Region:
    path = _path_of(name)
    held = _holds.get(path)
    if held is not None and os.fstat(held.region.descriptor).st_nlink:
        return held.region
    last = time.monotonic() + PATIENCE
    while True:
        if make:
            region = Region.open_or_create(name, participants=1024, limit=1 << 30)
        else:
            region = Region.open(name)
        lock = _locked(region)
        if lock is not None:
            _holds[path] = _Hold(region, path, lock)
            return region
        if time.monotonic() > last:
            raise Unavailable(
                f"region {name!r}: somebody has been removing it for {PATIENCE} seconds"
            )
        time.sleep(0.001)


def _locked(region: Region) -> int | None:
    """Return a description that holds the shared lock of a region which still has its name."""
    lock = _opened_again(region)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if os.fstat(lock).st_nlink:
            return lock
    except BlockingIOError:
        pass
    os.close(lock)
    return None


def _opened_again(region: Region) -> int:
    return os.open(f"/proc/self/fd/{region.descriptor}", os.O_RDONLY | os.O_CLOEXEC)


def _is_last() -> bool:
    """Whether nobody can be waiting for what is left: this process has no parent that lives."""
    parent = multiprocessing.process.parent_process()
    if parent is not None:
        return not parent.is_alive()
    return _forked_from is None or os.getppid() != _forked_from


def _leave() -> None:
    is_last = _is_last()
    for hold in _holds.values():
        # Who inherited the region need not ask for the parent, which had it open, too.
        if is_last or hold.inherited:
            _remove(hold.path, hold.lock)
    unopened = _path_of(_family_name())
    if is_last and unopened not in _holds:
        _remove_unopened(unopened)


def _remove(path: str, lock: int) -> bool:
    """Remove a file that nobody else has open."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), os.stat(path)):
            os.unlink(path)
            return True
    except OSError:
        pass
    return False


def _remove_unopened(path: str) -> None:
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    try:
        if os.fstat(lock).st_uid == os.geteuid():
            _remove(path, lock)
    finally:
        os.close(lock)


def _sweep() -> None:
    """Remove the regions of families that have ended without doing so."""
    for name in Region.list():
        path = _path_of(name)
        try:
            old = name.startswith(PREFIX) and time.time() - os.stat(path).st_ctime > SWEPT_AFTER
        except OSError:
            continue
        if old:
            _remove_unopened(path)


def _leave_at_exit(_: object = None) -> None:
    # After multiprocessing has ended its children, which it does before finalizers of negative
    # priority. A child forgets inherited finalizers, so that this is called again there.
    util.Finalize(None, _leave, exitpriority=-1000)


class _Begun:
    """Whose name multiprocessing's children call this by when they begin, by whatever method."""


_begun = _Begun()


def _before_fork() -> None:
    locks = _for_child[threading.get_ident()] = {}
    for path, hold in list(_holds.items()):
        try:
            lock = locks[path] = _opened_again(hold.region)
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            pass


def _after_fork_in_parent() -> None:
    for lock in _for_child.pop(threading.get_ident(), {}).values():
        os.close(lock)


def _after_fork_in_child() -> None:
    global _mutex, _forked_from
    _mutex = threading.Lock()
    _forked_from = os.getppid()
    mine = _for_child.pop(threading.get_ident(), {})
    for others in _for_child.values():
        for lock in others.values():
            os.close(lock)
    _for_child.clear()
    for path, hold in list(_holds.items()):
        os.close(hold.lock)
        inherited = mine.get(path)
        if inherited is None:
            del _holds[path]
        else:
            hold.lock = inherited
            hold.inherited = True
    _leave_at_exit()


_leave_at_exit()
util.register_after_fork(_begun, _leave_at_exit)
os.register_at_fork(
    before=_before_fork,
    after_in_parent=_after_fork_in_parent,
    after_in_child=_after_fork_in_child,
)
