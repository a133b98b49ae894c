"""Watches that are called somewhere else: at once, later, never, twice, or not even submitted."""

import asyncio
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from atomos import Atom, set_watch_error_handler

from .misbehaving import Boom, raising
from .together import on_another_thread, together

DELIVERIES = ["direct", "ordered", "latest"]
each_delivery = pytest.mark.parametrize("delivery", DELIVERIES)
in_a_box = pytest.mark.parametrize("delivery", DELIVERIES[1:])


@pytest.fixture
def failures():
    """What has no caller."""
    heard = []
    before = set_watch_error_handler(heard.append)
    yield heard
    set_watch_error_handler(before)


def at_once(task):
    task()


def watched(executor, delivery, **options):
    """An atom of 0 and what a watch of it is told."""
    atom, told = Atom(0), []
    atom.add_watch(
        "k",
        lambda key, ref, old, new: told.append((old, new)),
        delivery=delivery,
        executor=executor,
        **options,
    )
    return atom, told


@each_delivery
def test_an_executor_that_runs_at_once_tells_each_change(delivery):
    atom, told = watched(at_once, delivery)

    for n in (1, 2, 3):
        atom.reset(n)

    assert told == [(0, 1), (1, 2), (2, 3)]


@pytest.mark.parametrize(
    ("delivery", "tasks", "told"),
    [
        ("direct", 3, [(0, 1), (1, 2), (2, 3)]),
        ("ordered", 1, [(0, 1), (1, 2), (2, 3)]),
        ("latest", 1, [(0, 3)]),
    ],
)
def test_an_executor_that_runs_later_is_given_no_more_tasks_than_it_takes(delivery, tasks, told):
    given = []
    atom, heard = watched(given.append, delivery)

    for n in (1, 2, 3):
        atom.reset(n)
    assert (len(given), heard) == (tasks, [])
    for task in given:
        task()

    assert heard == told
    atom.reset(4)
    assert len(given) == tasks + 1


def test_a_change_whose_task_is_dropped_is_not_told_directly():
    given = []
    atom, told = watched(given.append, "direct")

    atom.reset(1)
    given.clear()
    atom.reset(2)
    given.pop()()

    assert told == [(1, 2)]


@pytest.mark.parametrize(
    ("delivery", "told"), [("ordered", [(0, 1), (1, 2)]), ("latest", [(0, 2)])]
)
def test_what_waits_for_a_task_that_is_dropped_is_told_with_the_next_change(delivery, told):
    given = []
    atom, heard = watched(given.append, delivery)

    atom.reset(1)
    given.clear()
    gc.collect()
    atom.reset(2)
    given.pop()()

    assert (heard, given) == (told, [])


@each_delivery
def test_a_task_that_is_run_twice_tells_once(delivery):
    given = []
    atom, told = watched(given.append, delivery)

    atom.reset(1)
    task = given.pop()
    together(*[task] * 8)
    task()
    assert told == [(0, 1)]

    atom.reset(2)
    given.pop()()
    task()
    assert told == [(0, 1), (1, 2)]


@each_delivery
def test_what_an_executor_raises_is_raised_by_the_change_which_stands(delivery):
    given = []

    def executor(task):
        if given:
            given[0](task)
        else:
            raise Boom("full")

    atom, told = watched(executor, delivery)

    with pytest.raises(Boom, match="full"):
        atom.reset(1)
    assert (atom.deref(), told) == (1, [])

    given.append(at_once)
    atom.reset(2)

    assert told == {
        "direct": [(1, 2)],
        "ordered": [(0, 1), (1, 2)],
        "latest": [(0, 2)],
    }[delivery]


@each_delivery
def test_what_a_watch_raises_in_an_executor_goes_to_the_handler(delivery, failures):
    atom = Atom(0)
    atom.add_watch("bad", raising, delivery=delivery, executor=at_once)

    atom.reset(1)
    atom.reset(2)

    assert [(f.atom, f.key, type(f.error)) for f in failures] == [(atom, "bad", Boom)] * 2


def test_a_pool_of_the_standard_library_is_an_executor(failures):
    atom, told = Atom(0), []

    with ThreadPoolExecutor(4) as pool:
        atom.add_watch(
            "k",
            lambda key, ref, old, new: told.append((old, new, threading.get_ident())),
            delivery="ordered",
            executor=pool,
        )
        together(*[lambda: [atom.swap(lambda n: n + 1) for _ in range(500)]] * 4)

    assert [told[:2] for told in told] == [(n, n + 1) for n in range(2000)]
    assert threading.get_ident() not in {thread for *_, thread in told}
    with pytest.raises(RuntimeError):
        atom.reset(0)  # the pool takes no tasks any more
    assert atom.deref() == 0


def test_an_event_loop_is_an_executor():
    async def follow():
        atom, shown = Atom(0), asyncio.Queue()
        atom.add_watch(
            "show",
            lambda key, ref, old, new: shown.put_nowait(new),
            delivery="latest",
            executor=asyncio.get_running_loop().call_soon_threadsafe,
        )
        await asyncio.to_thread(lambda: [atom.reset(n) for n in range(1, 100)])
        while await asyncio.wait_for(shown.get(), 60) != 99:
            pass
        return threading.get_ident()

    assert asyncio.run(follow()) == threading.get_ident()


@each_delivery
def test_a_task_of_an_atom_that_has_ended_tells_nothing(delivery):
    given = []
    atom, told = watched(given.append, delivery)
    atom.reset(1)

    seen = weakref.ref(atom)
    del atom
    gc.collect()
    given.pop()()

    assert (seen(), told) == (None, [])


@each_delivery
def test_a_task_of_a_watch_that_was_removed_tells_nothing(delivery):
    given = []
    atom, told = watched(given.append, delivery)
    atom.reset(1)

    atom.remove_watch("k")
    given.pop()()

    assert told == []


@in_a_box
def test_a_change_that_the_watch_makes_in_an_executor_that_runs_at_once_is_told_after_it(delivery):
    atom, told = Atom(0), []

    def watch(key, ref, old, new):
        if new < 3:
            ref.reset(new + 1)
        told.append((old, new))

    atom.add_watch("k", watch, delivery=delivery, executor=at_once)

    atom.reset(1)

    assert told == [(0, 1), (1, 2), (2, 3)]


@each_delivery
def test_cycles_through_executors_tasks_and_handles_are_collected(delivery):
    class Holder:
        def __call__(self, task):
            self.task = task

    holder = Holder()
    atom = Atom(holder)
    atom.add_watch(
        holder, lambda *_, held=holder: None, delivery=delivery, executor=holder
    )
    holder.handle = atom.watching(lambda *_, held=holder: None, delivery=delivery)
    holder.handle.__enter__()
    holder.atom = atom
    atom.reset([holder])
    seen = [weakref.ref(holder), weakref.ref(atom)]

    del holder, atom
    gc.collect()

    assert [ref() for ref in seen] == [None, None]


@in_a_box
def test_a_long_row_of_changes_that_nobody_tells_is_let_go(delivery):
    given = []
    atom, _ = watched(given.append, delivery)
    for n in range(100_000):
        atom.reset([n])

    del atom
    given.clear()
    gc.collect()


def test_a_task_takes_no_arguments():
    given = []
    atom, told = watched(given.append, "direct")
    atom.reset(1)

    with pytest.raises(TypeError, match="no arguments"):
        given[0](1)
    on_another_thread(given[0])

    assert told == [(0, 1)]
