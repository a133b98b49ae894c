"""Ordered watches hear transactions in their places between other changes."""

import threading

import pytest

from atomos import Atom, AtomicInteger, SwapOptions, WouldDeadlock, transact

from .together import together

HOLD = SwapOptions(tries=0)
ROUNDS = 300


def test_each_change_is_heard_once_and_in_the_order_of_the_commits():
    first, second, count = Atom(0), Atom(0), AtomicInteger()
    heard = {first: [], second: []}
    for atom, changes in heard.items():
        atom.add_watch(
            "log", lambda *change, log=changes: log.append(change[2:]), delivery="ordered"
        )

    def transacting(*options):
        for _ in range(ROUNDS):
            transact(*options, lambda *values: tuple(n + 1 for n in values), count, second, first)

    def swapping():
        for _ in range(ROUNDS):
            first.swap(lambda n: n + 1)
            second.swap(HOLD, lambda n: n + 1)

    together(transacting, lambda: transacting(HOLD), swapping, transacting)

    for atom, changes in heard.items():
        assert changes == [(n, n + 1) for n in range(4 * ROUNDS)]
        assert atom.deref() == 4 * ROUNDS


def test_a_watch_that_comes_and_goes_meanwhile_hears_a_row_without_a_gap():
    atom, count, over, total = Atom(0), AtomicInteger(), threading.Event(), 0

    def transacting():
        while not over.is_set():
            transact(lambda n, m: (n + 1, m + 1), atom, count)
            transact(HOLD, lambda n, m: (n + 1, m + 1), atom, count)

    def watching():
        nonlocal total
        try:
            for _ in range(ROUNDS):
                heard = []
                atom.add_watch(
                    "log", lambda *change, log=heard: log.append(change[2:]), delivery="ordered"
                )
                atom.swap(lambda n: n + 1)
                atom.remove_watch_and_wait("log")
                # Nothing, where another thread was to tell it the first change and came too late.
                first = heard[0][0] if heard else 0
                assert heard == [(n, n + 1) for n in range(first, first + len(heard))]
                total += len(heard)
        finally:
            over.set()

    together(watching, transacting, transacting)

    assert total > 0
    atom.set_validator(lambda n: True)
    atom.set_validator(None)
    assert atom.swap(lambda n: -1) == -1


def test_a_function_that_holds_the_atom_cannot_have_its_changes_put_in_a_row():
    atom, heard = Atom(0), []

    def listen(n):
        with pytest.raises(WouldDeadlock):
            atom.add_watch("log", lambda *change: heard.append(change), delivery="ordered")
        return n + 1

    assert atom.swap(HOLD, listen) == 1
    assert atom.get_watches() == {}


def test_a_function_that_holds_the_atom_may_remove_an_ordered_watch():
    atom, heard = Atom(0), []
    atom.add_watch("log", lambda *change: heard.append(change), delivery="ordered")

    def stop(n):
        atom.remove_watch("log")
        return n + 1

    assert atom.swap(HOLD, stop) == 1
    assert atom.swap(lambda n: n + 1) == 2
    assert heard == []


def test_who_begins_to_listen_while_a_function_holds_the_atom_waits_and_misses_nothing():
    atom, heard = Atom(0), []
    inside, over = threading.Event(), threading.Event()

    def wait(n):
        inside.set()
        over.wait()
        return n + 1

    holder = threading.Thread(target=atom.swap, args=(HOLD, wait))
    holder.start()
    inside.wait()
    listener = threading.Thread(
        target=atom.add_watch,
        args=("log", lambda *change: heard.append(change[2:])),
        kwargs={"delivery": "ordered"},
    )
    listener.start()
    over.set()
    holder.join()
    listener.join()

    atom.swap(lambda n: n + 1)

    assert heard[-1] == (1, 2)
