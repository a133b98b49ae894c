"""Forks while other threads are inside, and signal handlers that use the same objects."""

import os
import signal
import threading

import pytest

from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import AtomicFloat, AtomicInteger, AtomicLong, AtomicReference

from .children import ended_well, forked

FORKS = 40


class Busy:
    """Threads that call a function over and over while a with block runs."""

    def __init__(self, *functions):
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.loop, args=(f,)) for f in functions]

    def loop(self, function):
        while not self.over.is_set():
            function()

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_error):
        self.over.set()
        for thread in self.threads:
            thread.join()


def test_a_fork_while_threads_are_inside_does_not_deadlock():
    """Repaired: a child of 0.3.1 waited for a lock that a vanished thread had held."""
    number, reference, atom = AtomicLong(0), AtomicReference([0]), Atom({})
    done = AtomicLong(0)

    def use_all():
        number.add_and_get(1)
        reference.update_and_get(lambda v: [v[0] + 1])
        atom.swap(lambda s: {"n": s.get("n", 0) + 1})
        assert AtomicReference([1]).get() == AtomicLong(1).get_and_set(2) * [1]
        done.increment_and_get()

    with Busy(use_all, use_all, lambda: number.wait_for(number.get(), 0.001)):
        for _ in range(FORKS):
            assert ended_well(forked(lambda: [use_all() for _ in range(5)]))

    assert number.get() == done.get() == atom.deref()["n"] == reference.get()[0]


def test_a_fork_while_a_watcher_thread_is_at_work_does_not_deadlock():
    atom, heard = Atom(0), AtomicLong(0)
    atom.add_watch("everyone", lambda *_: heard.increment_and_get(), everyone=True)

    with Busy(lambda: atom.swap(lambda n: n + 1)):
        for _ in range(FORKS // 2):
            assert ended_well(forked(lambda: atom.swap(lambda n: n + 1)))
    atom.remove_watch("everyone")

    assert heard.get() > 0


def hear_in_child(atom):
    told = AtomicReference(None)
    atom.add_watch("child's", lambda key, ref, old, new: told.set(new), everyone=True)
    atom.reset("by the child")
    assert told.wait_for(None, 100) == "by the child"


def test_a_forked_child_may_hear_everyone_too():
    atom = Atom("old")
    atom.add_watch("parent's", lambda *_: None, everyone=True)

    assert ended_well(forked(lambda: hear_in_child(atom)))
    atom.remove_watch("parent's")


def test_objects_of_a_fork_s_child_are_its_own():
    before = AtomicLong(1)
    told = AtomicReference({})

    def make(who):
        mine = [AtomicLong(who) for _ in range(50)]
        told.update_and_get(lambda s: {**s, who: mine})
        assert all(number.get() == who for number in mine)

    for pid in [forked(lambda who=who: make(who)) for who in range(4)]:
        assert ended_well(pid)
    mine = [AtomicLong(-1) for _ in range(50)]

    assert {number.get() for number in mine} == {-1}
    for who, numbers in told.get().items():
        assert {number.get() for number in numbers} == {who}
    assert before.get() == 1


@pytest.mark.parametrize("kind", [AtomicInteger, AtomicFloat])
def test_a_signal_handler_may_use_the_counter_that_it_interrupts(kind):
    """Repaired: the handler of 0.3.1 waited for the lock that its own thread held."""
    number = kind(0)
    calls = []

    def handler(*_):
        calls.append(number.add_and_get(1))
        number.update_and_get(lambda n: n + 1)

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    rounds = 0
    try:
        while len(calls) < 100:
            number.add_and_get(1)
            number.update_and_get(lambda n: n + 1)
            rounds += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert number.get() == 2 * rounds + 2 * len(calls)


def test_a_python_signal_handler_may_change_the_atom_whose_swap_it_interrupts():
    atom, calls = Atom(0), []

    def handler(*_):
        calls.append(atom.swap(lambda n: n + 1))

    before = signal.signal(signal.SIGUSR1, handler)

    def interrupted(n):
        os.kill(os.getpid(), signal.SIGUSR1)
        for _ in range(10):
            pass
        return n + 1

    try:
        first = atom.swap_vals(lambda n: interrupted(n) if not calls else n + 1)
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert first == (1, 2)
    assert atom.deref() == 2
