"""Who waits is woken by other processes, and by signals."""

import asyncio
import os
import signal
import threading
import time

import pytest

from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import (
    AtomicBoolean,
    AtomicCtypesReference,
    AtomicFloat,
    AtomicInteger,
    AtomicReference,
)

from .children import METHODS, Child, call, ended_well, forked

each_method = pytest.mark.parametrize("method", METHODS)


def wait_and_answer(shared, back, old):
    back.set(shared.wait(old))


def wait_for_and_answer(shared, back, old):
    back.set(shared.wait_for(old, 100))


def wait_until_and_answer(shared, back, old):
    back.set(shared.wait_until(old, time.monotonic() + 100))


@pytest.mark.parametrize(
    ("method", "wait"),
    [
        *((method, wait_and_answer) for method in METHODS),
        ("fork", wait_for_and_answer),
        ("fork", wait_until_and_answer),
    ],
)
@pytest.mark.parametrize(
    ("make", "old", "new"),
    [
        (AtomicInteger, 0, 5),
        (AtomicFloat, 0.0, 0.5),
        (AtomicBoolean, False, True),
        (lambda value: AtomicCtypesReference("c", value), b"a", b"b"),
        (AtomicReference, [0], [5]),
    ],
)
def test_another_process_wakes_who_waits_and_is_woken_by_it(method, wait, make, old, new):
    shared, back = make(old), AtomicReference("nothing yet")

    child = Child(method, wait, shared, back, old)
    shared.set(new)
    answer = back.wait_for("nothing yet", 100)
    child.answer()

    assert answer == new


def play(mine, theirs, rounds):
    for n in range(1, rounds + 1):
        mine.wait(n - 1)
        theirs.set(n)


@pytest.mark.parametrize("kind", [AtomicInteger, AtomicReference])
def test_no_wake_is_lost_in_many_turns(kind):
    ping, pong = kind(0), kind(0)

    child = Child("fork", play, ping, pong, 500)
    for n in range(1, 501):
        ping.set(n)
        assert pong.wait_for(n - 1, 100) == n

    child.answer()


def reset(atom, state):
    atom.reset(state)


def test_an_atom_wakes_by_swap_and_reset():
    atom = Atom("old")

    pid = forked(lambda: atom.swap(str.upper))

    assert atom.wait_for("old", 100) == "OLD"
    assert ended_well(pid)
    assert atom.wait("old") == atom.wait_until("old", 0.0) == "OLD"


@each_method
def test_await_changed_hears_of_another_process(method):
    atom = Atom("old")

    async def next_state():
        change = asyncio.ensure_future(asyncio.wait_for(atom.changed(), 100))
        await asyncio.sleep(0)
        await asyncio.get_running_loop().run_in_executor(None, call, method, reset, atom, "new")
        return await change

    assert asyncio.run(next_state()) == "new"
    assert atom.get_watches() == {}


def test_a_cancelled_changed_leaves_nothing():
    atom = Atom(0)

    async def cancel():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(atom.changed(), 0.01)
        change = asyncio.ensure_future(atom.changed())
        await asyncio.sleep(0)
        atom.reset(1)
        return await change

    assert asyncio.run(cancel()) == 1
    assert atom.get_watches() == {}


def interrupted(wait):
    """In a child: whether Ctrl-C ends a wait of the main thread, and the GIL was free in it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    entered = threading.Event()

    def interrupt():
        entered.wait()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        entered.set()
        wait()
    except KeyboardInterrupt:
        return True
    finally:
        thread.join()
    return False


@pytest.mark.parametrize("make", [AtomicInteger, AtomicReference, Atom])
def test_ctrl_c_ends_a_wait(make):
    shared = make(0)

    assert call("fork", interrupted, lambda: shared.wait(0))
    assert call("fork", interrupted, lambda: shared.wait_for(0, 100))


def test_a_signal_handler_may_change_what_the_wait_is_for():
    shared = AtomicInteger(0)

    def changed_by_handler():
        signal.signal(signal.SIGUSR1, lambda *_: shared.set(7))
        threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGUSR1)).start()
        assert shared.wait(0) == 7

    assert ended_well(forked(changed_by_handler))


def test_other_threads_run_while_one_waits():
    shared, results = AtomicReference("old"), []

    thread = threading.Thread(target=lambda: results.append(shared.wait("old")))
    thread.start()
    shared.set("new")
    thread.join()

    assert results == ["new"]
