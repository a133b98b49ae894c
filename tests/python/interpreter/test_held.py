"""Signals, forks, the exit and collections, while a thread's function holds variables."""

from __future__ import annotations

import gc
import os
import signal
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import atomos
from atomos import SwapOptions, WouldDeadlock, snapshot_all, transact

from .operations import Thing, state_of
from .scripts import quiet
from .test_fork import in_child
from .test_signals import interrupted
from .together import asleep, beside, together

HELD = SwapOptions(tries=0)

MAKERS: list[Callable[[], Any]] = [
    lambda: atomos.AtomicReference(5000),
    lambda: atomos.AtomicInteger(5000),
    lambda: atomos.Atom(5000),
]
by_kind = pytest.mark.parametrize("make", MAKERS, ids=["reference", "integer", "atom"])


def write(cell: Any, value: Any) -> Any:
    return cell.reset(value) if isinstance(cell, atomos.Atom) else cell.set(value)


@contextmanager
def held(*cells: Any) -> Iterator[None]:
    """Inside the block a thread's function holds the cells; it returns what stood."""
    inside, over = threading.Event(), threading.Event()

    def wait(*values: Any) -> Any:
        inside.set()
        over.wait()
        return values

    holder = threading.Thread(target=transact, args=(HELD, wait, *cells))
    holder.start()
    inside.wait()
    try:
        yield
    finally:
        over.set()
        holder.join()


@by_kind
def test_an_interrupt_ends_the_wait_of_a_writer_and_nothing_has_changed(make: Any) -> None:
    cell = make()

    with held(cell, atomos.AtomicInteger()):
        for _ in range(4):
            with pytest.raises(KeyboardInterrupt):
                interrupted(lambda: write(cell, 1))
        with pytest.raises(KeyboardInterrupt):
            interrupted(lambda: transact(HELD, lambda a, b: (1, b), cell, atomos.Atom(1)))
        assert state_of(cell) == 5000

    assert write(cell, 2) == 2


@by_kind
def test_a_handler_that_writes_to_what_its_thread_holds_is_told_so(make: Any) -> None:
    cell, told = make(), []

    def handle(*_: Any) -> None:
        try:
            write(cell, 1)
        except WouldDeadlock as error:
            told.append(error)

    before = signal.signal(signal.SIGUSR1, handle)
    try:

        def kill(value: int) -> tuple[int]:
            os.kill(os.getpid(), signal.SIGUSR1)
            while not told:
                pass
            return (value + 1,)

        assert transact(HELD, kill, cell) == (5001,)
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert len(told) == 1


@by_kind
def test_a_handler_runs_while_its_thread_waits_to_write(make: Any) -> None:
    cell, other = make(), atomos.AtomicInteger()
    main = threading.main_thread()

    def handle(*_: Any) -> None:
        other.increment_and_get()
        assert state_of(cell) == 5000
        over.set()

    before = signal.signal(signal.SIGUSR1, handle)
    over, inside = threading.Event(), threading.Event()

    def wait(value: int) -> tuple[int]:
        inside.set()
        over.wait()
        return (value,)

    holder = threading.Thread(target=transact, args=(HELD, wait, cell))
    sender = threading.Thread(target=lambda: (asleep(main), os.kill(os.getpid(), signal.SIGUSR1)))
    try:
        holder.start()
        inside.wait()
        sender.start()
        write(cell, 1)
    finally:
        over.set()
        holder.join()
        sender.join()
        signal.signal(signal.SIGUSR1, before)

    assert (state_of(cell), other.get()) == (1, 1)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@by_kind
def test_a_child_finds_no_variable_held_by_a_thread_that_it_does_not_have(make: Any) -> None:
    cell, other = make(), make()

    def work() -> None:
        assert snapshot_all(cell, other) == (5000, 5000)
        assert write(cell, 1) == 1
        assert transact(HELD, lambda a, b: (a + 1, b + 1), cell, other) == (2, 5001)
        together(*[lambda: [transact(lambda a: (a + 1,), cell) for _ in range(100)]] * 2)
        assert state_of(cell) == 202

    with held(cell, other):
        in_child(work)
        in_child(lambda: in_child(work))

    assert snapshot_all(cell, other) == (5000, 5000)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@by_kind
def test_a_function_that_forks_holds_its_variables_in_both_processes(make: Any) -> None:
    cell = make()
    runs: list[int] = []

    def fork(value: int) -> tuple[int]:
        runs.append(value)

        def work() -> None:
            writer = threading.Thread(target=write, args=(cell, 1), daemon=True)
            writer.start()
            with pytest.raises(WouldDeadlock):
                write(cell, 1)
            writer.join(0.05)
            assert (state_of(cell), writer.is_alive()) == (5000, True)

        in_child(work)
        return (value + 1,)

    assert transact(HELD, fork, cell) == (5001,)
    assert runs == [5000]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_function_that_forks_ends_in_the_child_too() -> None:
    cell = atomos.AtomicInteger(5000)
    runs: list[int] = []

    def work() -> None:
        def fork(value: int) -> int:
            runs.append(value)
            in_child(lambda: None)
            return value + 1

        assert cell.update_and_get(HELD, fork) == 5001
        assert (runs, cell.get()) == ([5000], 5001)

    in_child(work)
    assert cell.get() == 5000


def test_a_daemon_thread_that_holds_a_variable_does_not_disturb_the_exit() -> None:
    script = """
        import os, sys, threading, types, atomos

        cell, other, atom = atomos.AtomicInteger(1), atomos.AtomicInteger(1), atomos.Atom(1)

        class Last:
            def __del__(self, cell=cell, other=other, atom=atom, write=os.write):
                write(1, b"%d %d %d\\n" % (cell.set(2), atom.reset(3), other.get()))

        inside = threading.Event()

        def wait(*values):
            inside.set()
            threading.Event().wait()

        threading.Thread(
            target=atomos.transact,
            args=(atomos.SwapOptions(tries=0), wait, cell, other, atom),
            daemon=True,
        ).start()
        inside.wait()
        sys.modules["kept to the end"] = kept = types.ModuleType("kept to the end")
        kept.last = Last()
        del kept
        print("main ends", flush=True)
    """

    assert quiet(script) == "main ends\n2 3 1\n"


def test_a_daemon_thread_that_waits_to_write_does_not_disturb_the_exit() -> None:
    script = """
        import threading, atomos

        cell = atomos.AtomicInteger(1)
        inside = threading.Event()

        def wait(n):
            inside.set()
            threading.Event().wait()

        hold = (atomos.SwapOptions(tries=0), wait)
        threading.Thread(target=cell.update_and_get, args=hold, daemon=True).start()
        inside.wait()
        for _ in range(3):
            threading.Thread(target=cell.increment_and_get, daemon=True).start()
        print("main ends")
    """

    assert quiet(script) == "main ends\n"


def test_a_collection_while_variables_are_held_takes_nothing_that_they_hold() -> None:
    cell: Any = atomos.AtomicReference(Thing())
    atom: Any = atomos.Atom(None)
    atom.reset([atom, cell])
    alive = weakref.ref(cell.get())

    with held(cell, atom):
        gc.collect()
        assert alive() is cell.get()
        assert atom.deref()[0] is atom

    gc.collect()
    assert alive() is cell.get()


def test_a_cycle_through_transacted_variables_is_collected() -> None:
    cell: Any = atomos.AtomicReference()
    atom: Any = atomos.Atom(None)
    transact(lambda a, b: ([atom], [cell]), cell, atom)
    transact(HELD, lambda a, b: ([atom, a], [cell, b]), cell, atom)
    dead = weakref.ref(cell), weakref.ref(atom)
    cell = atom = None

    gc.collect()

    assert [one() for one in dead] == [None, None]


def test_replaced_values_die_at_once_whoever_looks_meanwhile() -> None:
    cell, other = atomos.AtomicReference(Thing()), atomos.Atom(Thing())
    born: list[Any] = [weakref.ref(cell.get()), weakref.ref(other.deref())]

    def work() -> None:
        for _ in range(300):
            for options in ((), (HELD,)):
                new = transact(*options, lambda a, b: (Thing(), Thing()), cell, other)
                born.extend(map(weakref.ref, new))
                del new

    beside(work, lambda: cell.get(), lambda: snapshot_all(cell, other))
    gc.collect()

    assert sum(one() is not None for one in born) == 2
