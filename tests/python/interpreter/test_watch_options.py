"""Watches with options where the interpreter ends, forks, collects garbage or has no memory."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Any

import pytest

import atomos

from .scripts import quiet, run_script
from .test_fork import busy, in_child
from .together import rounds

forks = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

SWITCHES = pytest.mark.usefixtures("frequent_switches")

LIVE_AT_EXIT = """
    import threading, atomos

    atom = atomos.Atom(0)
    tasks, told = [], []
    for delivery in atomos.Delivery:
        atom.add_watch(delivery, lambda *change: told.append(change[3]), delivery=delivery)
        atom.add_watch((delivery, 1), print, delivery=delivery, executor=tasks.append)
        atom.add_watch((delivery, 2), print, delivery=delivery, once=True, executor=tasks.append)
    held = atom.watching(lambda *_: None, delivery="ordered")
    held.__enter__()
    ended = atomos.Atom(0)
    ended.add_watch("k", lambda *_, held=ended: None, delivery="ordered", executor=tasks.append)
    ended.reset(1)
    del ended
    for n in range(100):
        atom.reset(n)
    print(len(told))
"""

DAEMONS_AT_EXIT = """
    import threading, atomos

    atom = atomos.Atom((0,))
    atom.add_watch("k", lambda *_: None, delivery={delivery!r})
    started = threading.Barrier(5)

    def run():
        started.wait()
        while True:
            atom.swap(lambda state: (state[0] + 1,))

    for _ in range(4):
        threading.Thread(target=run, daemon=True).start()
    started.wait()
    while atom.deref()[0] < 1000:
        pass
    print("over")
"""


def test_an_interpreter_ends_well_with_watches_of_every_kind_and_tasks_that_never_ran() -> None:
    assert quiet(LIVE_AT_EXIT) == "300\n"


@pytest.mark.parametrize("delivery", ["ordered", "latest"])
def test_an_interpreter_ends_well_while_threads_tell(delivery: str) -> None:
    for _ in rounds(3):
        assert quiet(DAEMONS_AT_EXIT.format(delivery=delivery)) == "over\n"


def boxed(state: Any) -> Any:
    return (state[0] + 1,)


@forks
@SWITCHES
@pytest.mark.parametrize("delivery", ["ordered", "latest"])
def test_a_child_that_is_forked_while_another_thread_tells_is_told_its_own_changes(
    delivery: str,
) -> None:
    atom = atomos.Atom((0,))
    told: list[Any] = []
    atom.add_watch("k", lambda *change: told.append(change[3]), delivery=delivery)

    def work() -> None:
        for _ in range(50):
            atom.swap(boxed)
            assert told[-1] is atom.deref()

    with busy(lambda: atom.swap(boxed), lambda: atom.swap(boxed)):
        for _ in rounds(15):
            in_child(work)


@forks
def test_a_child_is_told_though_the_teller_stands_still_in_the_parent() -> None:
    atom = atomos.Atom(0)
    told: list[Any] = []
    inside, go_on = threading.Event(), threading.Event()

    def watch(key: str, ref: Any, old: int, new: int) -> None:
        told.append(new)
        if new == 1:
            inside.set()
            go_on.wait()

    atom.add_watch("k", watch, delivery="ordered")
    teller = threading.Thread(target=atom.reset, args=(1,))
    teller.start()
    inside.wait()
    atom.reset(2)

    def work() -> None:
        atom.reset(3)
        assert told == [1, 2, 3]
        assert atom.remove_watch_and_wait("k")

    in_child(work)
    go_on.set()
    teller.join()

    assert told == [1, 2]


@forks
def test_a_fork_inside_of_an_ordered_watch_goes_on_telling_in_both_processes() -> None:
    atom = atomos.Atom(0)
    told: list[Any] = []

    def watch(key: str, ref: Any, old: int, new: int) -> None:
        told.append(new)
        if new == 1:
            in_child(child)

    def child() -> None:
        atom.reset(10)
        assert told == [1]

    atom.add_watch("k", watch, delivery="ordered")

    atom.reset(1)
    atom.reset(2)

    assert told == [1, 2]


CYCLES: dict[str, Callable[[Any], Any]] = {
    "a handle": lambda atom: atom.watching(lambda *_, held=atom: None).__enter__(),
    "ordered": lambda atom: atom.add_watch("k", lambda *_, held=atom: None, delivery="ordered"),
    "latest": lambda atom: atom.add_watch("k", lambda *_, held=atom: None, delivery="latest"),
    "an executor": lambda atom: atom.add_watch(
        "k", print, executor=lambda task, held=atom: None, delivery="ordered"
    ),
    "a task": lambda atom: atom.add_watch(
        "k", lambda *_, held=atom: None, executor=[].append, delivery="ordered"
    ),
}


@pytest.mark.parametrize("make", CYCLES.values(), ids=CYCLES)
def test_a_cycle_through_a_watch_is_collected(make: Callable[[Any], Any]) -> None:
    class Held:
        alive = 0

        def __init__(self) -> None:
            Held.alive += 1

        def __del__(self) -> None:
            Held.alive -= 1

    for _ in range(20):
        atom: Any = atomos.Atom(Held())
        make(atom)
        atom.reset([atom])
        atom.reset([Held()])
        del atom
    gc.collect()
    gc.collect()

    assert Held.alive == 0


def test_what_is_replaced_dies_when_it_has_been_told() -> None:
    class Held:
        alive = 0

        def __init__(self) -> None:
            Held.alive += 1

        def __del__(self) -> None:
            Held.alive -= 1

    atom: Any = atomos.Atom(Held())
    atom.add_watch("ordered", lambda *_: None, delivery="ordered")
    for _ in range(100):
        atom.reset(Held())

    assert Held.alive == 1


NO_MEMORY = """
    import _testcapi, atomos

    atom = atomos.Atom(0)
    told = []
    atom.add_watch("k", lambda key, ref, old, new: told.append((old, new)), delivery="ordered")
    values = [object() for _ in range(60)]
    stood = [0]
    for at, value in enumerate(values):
        _testcapi.set_nomemory(at, at + 1)
        try:
            atom.reset(value)
        except MemoryError:
            pass
        finally:
            _testcapi.remove_mem_hooks()
        if atom.deref() is not stood[-1]:
            stood.append(value)
    atom.reset("last")
    stood.append("last")
    news = [new for _, new in told]
    assert all(old is new for (old, _), new in zip(told[1:], news))
    assert len(news) >= len(stood) - 60 and news[-1] == "last"
    print("over")
"""


def test_a_commit_that_finds_no_memory_for_its_place_in_the_row_changes_nothing() -> None:
    pytest.importorskip("_testcapi")

    ended = run_script(NO_MEMORY)

    assert (ended.returncode, ended.stdout) == (0, "over\n"), ended.stderr
