"""A child that is forked while other threads are inside calls uses the same atoms at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import atomos

from .operations import state_of
from .table import OPERATIONS
from .together import FREE_THREADED, asleep, rounds, together

pytestmark = [
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
    pytest.mark.usefixtures("frequent_switches"),
]

CHILD_GUARD = 120


def in_child(work: Callable[[], Any]) -> None:
    """Forks, and asserts that the child did the work; a child that hangs is ended by an alarm."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(CHILD_GUARD)
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@contextmanager
def busy(*works: Callable[[], Any]) -> Iterator[None]:
    """Threads that do the works over and over; they are ended at exit."""
    over = threading.Event()
    begun = threading.Barrier(len(works) + 1)

    def again(work: Callable[[], Any]) -> None:
        begun.wait()
        while not over.is_set():
            work()

    threads = [threading.Thread(target=again, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_a_child_uses_an_atom_that_others_are_swapping() -> None:
    atom = atomos.Atom({"n": 0})
    heard: list[Any] = []
    atom.add_watch("key", lambda *change: heard.append(change[3]))
    atom.set_validator(lambda state: "n" in state)

    def swap() -> None:
        atom.swap(lambda state: {"n": state["n"] + 1})

    def work() -> None:
        seen = atom.deref()
        for _ in range(200):
            swap()
        assert atom.deref()["n"] == seen["n"] + 200
        assert heard[-1] == atom.deref()
        with pytest.raises(atomos.ValidationError):
            atom.reset({})

    with busy(swap, swap, atom.deref):
        for _ in rounds(15):
            in_child(work)


def test_a_child_uses_references_that_others_are_setting() -> None:
    reference = atomos.AtomicReference([0])
    counter = atomos.AtomicInteger(1 << 62)
    flag = atomos.AtomicBoolean()

    def write() -> None:
        reference.set([1])
        reference.update_and_get(list)
        counter.add_and_get(1 << 61)
        counter.subtract_and_get(1 << 61)
        flag.get_and_toggle()

    def work() -> None:
        seen = counter.get()
        for _ in range(200):
            write()
            assert reference.get() in ([0], [1])
        assert counter.get() == seen

    with busy(write, write, reference.get):
        for _ in rounds(15):
            in_child(work)


def test_a_child_does_every_operation_while_threads_do_them() -> None:
    copies_a_dict = {"ARef"} if FREE_THREADED else set()
    # The free-threaded 3.13 may leave the lock of a dict that threads copy taken in the child.
    chosen = [(one.make(), one) for one in OPERATIONS if one.owner not in copies_a_dict]
    calls = [one.bind(cell) for cell, one in chosen]

    def work() -> None:
        for function, arguments in calls:
            function(*arguments)

    def work_in_child() -> None:
        work()
        assert all(state_of(cell) is not None for cell, one in chosen if one.owner != "ARef")

    work()

    with busy(work, work):
        for _ in rounds(10):
            in_child(work_in_child)


@pytest.mark.parametrize("make", [atomos.AtomicReference, atomos.AtomicInteger, atomos.Atom])
def test_waits_of_the_parent_do_not_poison_those_of_the_child(make: Any) -> None:
    cell = make(5000)
    old = state_of(cell)
    change = cell.reset if make is atomos.Atom else cell.set
    waiters = [threading.Thread(target=cell.wait, args=(old,)) for _ in range(3)]
    for waiter in waiters:
        waiter.start()
    for waiter in waiters:
        asleep(waiter)

    def work() -> None:
        assert cell.wait_for(old, 0.01) is None
        woken = together(lambda: cell.wait(old), lambda: cell.wait(old), lambda: change(5001))
        assert woken == [5001] * 3
        assert cell.wait_for(state_of(cell), 0.01) is None

    in_child(work)
    in_child(work)

    change(5002)
    for waiter in waiters:
        waiter.join()
    assert state_of(cell) == 5002


def test_a_change_in_the_child_is_not_seen_by_the_parent() -> None:
    atom = atomos.Atom(0)
    counter = atomos.AtomicInteger()

    in_child(lambda: (atom.reset(1), counter.add_and_get(1)))

    assert (atom.deref(), counter.get()) == (0, 0)


def test_a_fork_within_a_mutator_or_a_watch_leaves_both_processes_working() -> None:
    atom = atomos.Atom(0)

    def fork_and_add(state: int) -> int:
        in_child(lambda: atom.swap(lambda inner: inner + 1))
        return state + 1

    assert atom.swap(fork_and_add) == 1

    atom.add_watch("key", lambda *_: in_child(lambda: atom.remove_watch("key")))

    assert atom.swap(lambda state: state + 1) == 2
    assert list(atom.get_watches()) == ["key"]


def test_a_child_forks_a_child_that_still_works() -> None:
    atom = atomos.Atom(0)

    def grandchild() -> None:
        together(*[lambda: [atom.swap(lambda state: state + 1) for _ in range(200)]] * 3)
        assert atom.deref() == 601

    def child() -> None:
        atom.reset(1)
        in_child(grandchild)

    with busy(atom.deref, lambda: atom.get_watches()):
        in_child(child)
