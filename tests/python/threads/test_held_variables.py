"""A function that holds a variable: others look at it, and their writes wait until it returns."""

import threading

import pytest

from atomos import (
    UNCHANGED,
    Atom,
    AtomicBoolean,
    AtomicInteger,
    AtomicReference,
    SwapOptions,
    WouldDeadlock,
    snapshot_all,
    transact,
    try_transact,
)
from atomos.atomic import AtomicNumber

from .misbehaving import Boom, raising
from .together import on_another_thread, together

HOLD = SwapOptions(tries=0)
LONG = 3600.0
"""Seconds that no test waits out."""


class Held:
    """A thread whose function holds variables until it is told what to return."""

    def __init__(self, *variables):
        self.inside, self.returned = threading.Event(), threading.Event()
        self.result = None
        self.thread = threading.Thread(target=self.run, args=variables, daemon=True)
        self.thread.start()
        self.inside.wait()

    def run(self, *variables):
        def wait(*values):
            self.inside.set()
            self.returned.wait()
            return values if self.result is None else self.result

        try_transact(HOLD, wait, *variables)

    def end(self, *result):
        self.result = result or UNCHANGED
        self.returned.set()
        self.thread.join()


@pytest.fixture
def hold():
    """Makes Held threads, and ends them."""
    made = []

    def make(*variables):
        made.append(Held(*variables))
        return made[-1]

    yield make
    for one in made:
        one.end()


LOOKS = {
    "AtomicReference.get": (AtomicReference, lambda ref: ref.get()),
    "AtomicInteger.get": (AtomicInteger, lambda ref: ref.get()),
    "AtomicInteger._value": (AtomicInteger, lambda ref: ref._value),
    "AtomicNumber.get": (AtomicNumber, lambda ref: ref.get()),
    "Atom.deref": (Atom, lambda atom: atom.deref()),
    "Atom.read": (Atom, lambda atom: atom.read(lambda state: state)),
    "snapshot_all": (Atom, lambda atom: snapshot_all(atom)[0]),
    "snapshot_all, with others": (
        Atom,
        lambda atom: snapshot_all(AtomicInteger(1), atom, Atom(2))[1],
    ),
    "a comparison that fails": (
        AtomicReference,
        lambda ref: ref.compare_and_exchange(6000, 1).now,
    ),
    "an int's comparison that fails": (AtomicInteger, lambda n: [n.compare_and_set(1, 1), 5000][1]),
    "an update that refuses": (
        AtomicReference,
        lambda ref: ref.try_update(lambda value: UNCHANGED).now,
    ),
    "a swap that refuses": (Atom, lambda atom: atom.try_swap(lambda state: UNCHANGED).now),
    "a transaction that refuses": (
        AtomicInteger,
        lambda n: try_transact(lambda *values: UNCHANGED, AtomicInteger(1), n).now[1],
    ),
    "a wait that is over": (AtomicReference, lambda ref: ref.wait(1)),
    "a wait that ends": (AtomicInteger, lambda n: [n.wait_for(5000, 0.001), n.get()][1]),
    "repr": (AtomicInteger, lambda n: int(repr(n).partition("(")[2].partition(")")[0])),
}


@pytest.mark.parametrize("look", LOOKS)
def test_who_looks_sees_what_stood_before_and_does_not_wait(hold, look):
    make, look = LOOKS[look]
    variable = make(5000)
    held = hold(variable)

    assert look(variable) == 5000

    held.end(7000)
    assert snapshot_all(variable) == (7000,)


WRITES = {
    "set": (AtomicReference, lambda ref: ref.set(1)),
    "_value": (AtomicReference, lambda ref: setattr(ref, "_value", 1)),
    "get_and_set": (AtomicReference, lambda ref: ref.get_and_set(1)),
    "compare_and_set": (AtomicReference, lambda ref: ref.compare_and_set(5000, 1)),
    "compare_and_exchange": (AtomicReference, lambda ref: ref.compare_and_exchange(5000, 1)),
    "update_and_get": (AtomicReference, lambda ref: ref.update_and_get(lambda n: n + 1)),
    "try_update": (AtomicReference, lambda ref: ref.try_update(lambda n: n + 1)),
    "set_if_less": (AtomicReference, lambda ref: ref.set_if_less(1)),
    "update_and_get, bounded": (
        AtomicReference,
        lambda ref: ref.update_and_get(HOLD, lambda n: n + 1),
    ),
    "integer's set": (AtomicInteger, lambda n: n.set(1)),
    "integer's get_and_set": (AtomicInteger, lambda n: n.get_and_set(1)),
    "integer's compare_and_set": (AtomicInteger, lambda n: n.compare_and_set(5000, 1)),
    "increment_and_get": (AtomicInteger, lambda n: n.increment_and_get()),
    "get_and_add": (AtomicInteger, lambda n: n.get_and_add(2**80)),
    "+=": (AtomicInteger, lambda n: n.__iadd__(1)),
    "*=": (AtomicInteger, lambda n: n.__imul__(2)),
    "try_add": (AtomicInteger, lambda n: n.try_add(1, 0, 2**80)),
    "max_and_get": (AtomicInteger, lambda n: n.max_and_get(2**80)),
    "reset": (Atom, lambda atom: atom.reset(1)),
    "swap": (Atom, lambda atom: atom.swap(lambda n: n + 1)),
    "atom's compare_and_set": (Atom, lambda atom: atom.compare_and_set(5000, 1)),
    "try_swap": (Atom, lambda atom: atom.try_swap(lambda n: n + 1)),
    "swap, bounded": (Atom, lambda atom: atom.swap(HOLD, lambda n: n + 1)),
    "set_validator": (Atom, lambda atom: atom.set_validator(lambda n: True)),
    "no validator": (Atom, lambda atom: atom.set_validator(None)),
    "transact": (Atom, lambda atom: transact(lambda a, n: (a + 1, n), atom, AtomicInteger())),
    "transact, held": (AtomicInteger, lambda n: transact(HOLD, lambda n, a: (n, a), n, Atom(1))),
}
by_write = pytest.mark.parametrize("write", WRITES)


@by_write
def test_who_writes_waits_until_the_function_returns(hold, write):
    make, write = WRITES[write]
    variable = make(5000)
    held = hold(variable)
    begun, events = threading.Event(), []

    def writing():
        begun.set()
        write(variable)
        events.append("written")

    writer = threading.Thread(target=writing, daemon=True)
    writer.start()
    begun.wait()
    writer.join(0.05)  # makes a wait that is missing likely to be seen
    events.append("returned")
    held.end(7000)
    writer.join()

    assert events == ["returned", "written"]
    alone = make(7000)
    write(alone)
    assert snapshot_all(variable) == snapshot_all(alone)


@by_write
def test_a_function_that_writes_to_what_it_holds_is_told_so_and_changes_nothing(write):
    make, write = WRITES[write]
    variable = make(5000)

    def writing(n, _):
        with pytest.raises(WouldDeadlock):
            write(variable)
        return n + 1, 1

    assert transact(HOLD, writing, variable, AtomicInteger()) == (5001, 1)
    assert snapshot_all(variable) == (5001,)


@by_write
def test_after_a_function_that_raised_writes_go_on(write):
    make, write = WRITES[write]
    variable = make(5000)

    with pytest.raises(Boom):
        transact(HOLD, raising, variable)

    on_another_thread(lambda: write(variable))


def test_what_holds_several_holds_each_of_them(hold):
    variables = [AtomicInteger(i) for i in range(10)]
    held = hold(*variables)
    seen = []
    writers = [
        threading.Thread(target=lambda n=n: seen.append(n.increment_and_get()), daemon=True)
        for n in variables
    ]
    for writer in writers:
        writer.start()

    looked = snapshot_all(*variables)
    held.end(*range(100, 110))
    for writer in writers:
        writer.join()

    assert looked == tuple(range(10))
    assert sorted(seen) == list(range(101, 111))


def test_a_function_that_holds_one_variable_writes_to_others(hold):
    held, free, heard = AtomicInteger(1), Atom(1), []
    free.add_watch("log", lambda *change: heard.append(change[2:]))

    def work(n):
        free.swap(lambda m: m + n)
        free.swap(HOLD, lambda m: m + n)
        transact(lambda m, k: (m + n, k), free, AtomicInteger())
        return n + 1

    assert held.update_and_get(HOLD, work) == 2
    assert heard == [(1, 2), (2, 3), (3, 4)]


def test_two_functions_that_write_to_what_the_other_holds_both_end():
    a, b = AtomicInteger(), AtomicInteger()

    def crossing(mine, other):
        def write(n):
            other.increment_and_get()
            return n + 1000

        def work():
            for _ in range(100):
                mine.update_and_get(HOLD, write)

        return work

    together(crossing(a, b), crossing(b, a))

    assert [n.get() // 1000 for n in (a, b)] == [100, 100]
    assert all(n.get() % 1000 >= 100 for n in (a, b))


def test_holders_of_the_same_variables_in_another_order_all_end():
    variables = [AtomicInteger() if i % 2 else Atom(0) for i in range(5)]

    def work(order):
        def plus_one(*values):
            return tuple(value + 1 for value in values)

        return lambda: [transact(HOLD, plus_one, *order) for _ in range(200)]

    together(*(work(variables[i:] + variables[:i]) for i in range(5)))

    assert snapshot_all(*variables) == (1000,) * 5


def test_who_waits_for_a_change_hears_of_the_one_that_was_held(hold):
    flag, count = AtomicBoolean(False), AtomicInteger(1)
    held = hold(flag, count)
    heard = []
    waiters = [
        threading.Thread(target=lambda: heard.append(flag.wait_for(False, LONG)), daemon=True),
        threading.Thread(target=lambda: heard.append(count.wait_for(1, LONG)), daemon=True),
    ]
    for waiter in waiters:
        waiter.start()

    held.end(True, 2)
    for waiter in waiters:
        waiter.join()

    assert sorted(heard) == [True, 2]
