"""Watches of `ordered`: each change once, in the order of the commits, by one thread at a time."""

import os
import sys
import threading
from collections import deque

import pytest

from atomos import ARef, Atom, AtomicInteger, Delivery, cursor

from .misbehaving import Boom
from .together import meeting, on_another_thread, together

SOAK = int(float(os.environ.get("ATOMOS_SOAK") or 0))
CHANGES = 100_000 * (1 + SOAK)
WRITERS = 8


@pytest.fixture
def frequent_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def boxed(n):
    """A state of its own, so that each is told from each other by identity."""
    return (n,)


def added(state):
    return boxed(state[0] + 1)


class Journal:
    """A watch that notes what it is told, and whether two calls of it ever overlapped."""

    def __init__(self):
        self.told = []
        self.calls = AtomicInteger()
        self.overlapped = False

    def __call__(self, key, ref, old, new):
        self.overlapped |= self.calls.increment_and_get() != 1
        self.told.append((old, new))
        self.calls.decrement_and_get()

    def is_a_chain_from(self, first):
        olds = [old for old, _ in self.told]
        news = [new for _, new in self.told]
        return all(map(lambda a, b: a is b, olds, [first, *news[:-1]]))


def write(atom, changes, writers=WRITERS):
    def swap():
        for _ in range(changes // writers):
            atom.swap(added)

    together(*[swap] * writers)


@pytest.mark.usefixtures("frequent_switches")
@pytest.mark.parametrize("guarded", [False, True], ids=["free", "with a validator"])
def test_each_of_many_writers_changes_is_told_once_and_in_order(guarded):
    first = boxed(0)
    atom = Atom(first)
    journal = Journal()
    atom.add_watch("journal", journal, delivery="ordered")
    if guarded:
        atom.set_validator(lambda state: state[0] >= 0)

    write(atom, CHANGES // 4 if guarded else CHANGES)

    assert len(journal.told) == (CHANGES // 4 if guarded else CHANGES)
    assert journal.is_a_chain_from(first)
    assert not journal.overlapped


def test_changes_that_follow_on_each_others_heels_stand_in_the_order_of_the_commits():
    # Between two resets no Python code runs: a thread that is stopped between its commit and its
    # place in the row, if there were anything between, finds the next change in front of its own.
    first = boxed(-1)
    atom = Atom(first)
    journal = Journal()
    atom.add_watch("journal", journal, delivery="ordered")
    states = [list(map(boxed, range(2 * CHANGES // WRITERS))) for _ in range(WRITERS)]

    together(*[lambda own=own: deque(map(atom.reset, own), maxlen=0) for own in states])

    assert len(journal.told) == 2 * CHANGES
    assert journal.is_a_chain_from(first)


@pytest.mark.usefixtures("frequent_switches")
def test_changes_that_meet_are_told_in_order_and_none_stays_untold():
    first = boxed(0)
    atom = Atom(first)
    journal = Journal()
    atom.add_watch("journal", journal, delivery="ordered")
    untold = []

    def change():
        for _ in range(3):
            atom.swap(added)

    def look():
        if journal.told[-1][1] is not atom.deref():
            untold.append(atom.deref())

    meeting(500 * (1 + SOAK), lambda: None, change, look)

    assert untold == []
    assert journal.is_a_chain_from(first)
    assert not journal.overlapped


@pytest.mark.usefixtures("frequent_switches")
def test_changes_of_every_kind_stand_in_one_order():
    first = boxed(0)
    atom = Atom(first)
    journal = Journal()
    atom.add_watch("journal", journal, delivery=Delivery.ORDERED)

    def work():
        for i in range(500):
            atom.swap(added)
            atom.swap_vals(added)
            atom.try_swap(added)
            atom.reset(boxed(i))
            atom.reset_vals(boxed(i))
            atom.compare_and_set(atom.deref(), boxed(-i))
            atom.compare_and_exchange(atom.deref(), boxed(i))
            atom.set_if_less(boxed(-i))
            atom.set_if_greater(boxed(i))

    together(*[work] * 4)

    assert journal.told[-1][1] is atom.deref()
    assert journal.is_a_chain_from(first)


@pytest.mark.usefixtures("frequent_switches")
def test_two_watches_and_validators_that_come_and_go_leave_the_order_as_it_is():
    first = boxed(0)
    atom = Atom(first)
    journals = Journal(), Journal()
    for journal in journals:
        atom.add_watch(journal, journal, delivery="ordered")
    over = threading.Event()

    def come_and_go():
        while not over.is_set():
            atom.set_validator(lambda state: True)
            with atom.watching(lambda *_: None, delivery="ordered"):
                atom.set_validator(None)

    def work():
        write(atom, 4000, 4)
        over.set()

    together(work, come_and_go)

    assert [len(journal.told) for journal in journals] == [4000, 4000]
    assert all(journal.is_a_chain_from(first) for journal in journals)


@pytest.mark.usefixtures("frequent_switches")
def test_a_watch_that_comes_while_others_write_hears_a_chain_without_gaps():
    atom = Atom(boxed(0))
    over = threading.Event()
    journals = []

    def come_and_go():
        while not over.is_set():
            journal = Journal()
            with atom.watching(journal, delivery="ordered"):
                for _ in range(20):
                    atom.swap(added)
            if journal.told:
                journals.append(journal)

    def work():
        write(atom, 4000, 4)
        over.set()

    together(work, come_and_go)

    assert journals
    assert all(journal.is_a_chain_from(journal.told[0][0]) for journal in journals)


def test_a_writer_does_not_wait_for_the_watch_and_one_thread_tells_all():
    atom = Atom(0)
    tellers, told = set(), []
    inside, go_on = threading.Event(), threading.Event()

    def watch(key, ref, old, new):
        tellers.add(threading.get_ident())
        told.append(new)
        if new == 1:
            inside.set()
            go_on.wait()

    atom.add_watch("slow", watch, delivery="ordered")

    def first():
        atom.reset(1)
        return threading.get_ident()

    def second():
        inside.wait()
        for n in range(2, 50):
            atom.reset(n)
        assert told == [1]
        go_on.set()

    teller = together(first, second)[0]

    assert told == list(range(1, 50))
    assert tellers == {teller}


def test_what_the_watch_changes_itself_is_told_after_the_call():
    atom = Atom(0)
    steps = []

    def watch(key, ref, old, new):
        steps.append(("begin", old, new))
        if new < 3:
            ref.reset(new + 1)
        steps.append(("end", old, new))

    atom.add_watch("k", watch, delivery="ordered")

    assert atom.reset(1) == 1

    assert steps == [
        (step, new - 1, new) for new in (1, 2, 3) for step in ("begin", "end")
    ]  # fmt: skip


def test_an_aref_by_itself_tells_in_the_order_of_the_calls_that_notify():
    ref = ARef()
    told = []

    def watch(key, ref, old, new):
        told.append((old, new))
        if new == 1:
            ref.notify_watches("inner", 2)
            assert told == [(0, 1)]

    ref.add_watch("k", watch, delivery="ordered")

    ref.notify_watches(0, 1)
    ref.notify_watches(5, 5)

    assert told == [(0, 1), ("inner", 2), (5, 5)]


@pytest.mark.usefixtures("frequent_switches")
def test_of_an_arefs_rivals_each_call_is_told_once():
    ref = ARef()
    journal = Journal()
    ref.add_watch("k", journal, delivery="ordered")

    def notify(writer):
        for n in range(2000):
            ref.notify_watches(writer, n)

    together(*[lambda writer=writer: notify(writer) for writer in range(WRITERS)])

    assert not journal.overlapped
    for writer in range(WRITERS):
        assert [n for by, n in journal.told if by == writer] == list(range(2000))


def test_what_is_given_by_hand_is_told_once_and_after_what_was_committed_before():
    atom = Atom(0)
    told = []
    atom.add_watch("k", lambda key, ref, old, new: told.append((old, new)), delivery="ordered")

    atom.reset(1)
    atom.notify_watches("by", "hand")
    atom.reset(2)

    assert told == [(0, 1), ("by", "hand"), (1, 2)]


class Heir(Atom):
    """A subclass that leaves notify_watches as it is."""


class Filter(Atom):
    """A subclass that decides what watches hear."""

    def notify_watches(self, oldval, newval):
        if newval % 2:
            super().notify_watches(oldval * 10, newval * 10)


@pytest.mark.usefixtures("frequent_switches")
def test_a_subclass_that_overrides_nothing_tells_in_the_order_of_commits():
    first = boxed(0)
    atom = Heir(first)
    journal = Journal()
    atom.add_watch("k", journal, delivery="ordered")

    write(atom, 8000)

    assert len(journal.told) == 8000
    assert journal.is_a_chain_from(first)


def test_a_subclass_that_overrides_notify_watches_decides_what_is_told():
    atom = Filter(0)
    told = {}
    for delivery in ("direct", "ordered"):
        told[delivery] = []
        atom.add_watch(
            delivery, lambda key, ref, old, new: told[key].append((old, new)), delivery=delivery
        )

    for n in (1, 2, 3):
        atom.reset(n)

    assert told["direct"] == told["ordered"] == [(0, 10), (20, 30)]


def test_an_error_of_ones_own_change_is_raised_and_the_others_are_told():
    atom = Atom(0)
    told = []

    def watch(key, ref, old, new):
        told.append(new)
        if new == 1:
            ref.reset(2)
            raise Boom(new)

    atom.add_watch("k", watch, delivery="ordered")

    with pytest.raises(Boom, match="1"):
        atom.reset(1)

    assert told == [1, 2]
    assert atom.deref() == 2


def test_a_key_that_is_added_again_keeps_its_place_and_hears_by_the_new_options():
    atom = Atom(0)
    told = []

    def watch(key, ref, old, new):
        told.append(key)

    atom.add_watch("a", watch, delivery="ordered")
    atom.add_watch("b", watch)
    atom.add_watch("a", watch)
    atom.add_watch("b", watch, delivery="ordered")

    atom.reset(1)

    assert told == ["a", "b"]
    assert list(atom.get_watches()) == ["a", "b"]


def test_a_watch_that_was_removed_during_a_round_is_not_called_any_more():
    atom = Atom(0)
    told = []
    atom.add_watch("remover", lambda *_: atom.remove_watch("removed"))
    atom.add_watch("removed", lambda *_: told.append("removed"), delivery="ordered")

    atom.reset(1)

    assert told == []


def test_get_watches_shows_the_functions_themselves():
    atom = Atom(0)
    for delivery in Delivery:
        atom.add_watch(delivery, print, delivery=delivery, executor=lambda task: None)

    assert atom.get_watches() == {delivery: print for delivery in Delivery}


def test_a_cursors_watch_hears_its_parts_in_order():
    atom = Atom({"n": 0, "other": 0})
    part = cursor(atom, key="n")
    told = []
    part.add_watch("k", lambda key, ref, old, new: told.append((old, new)), delivery="ordered")

    def work():
        for _ in range(1000):
            part.swap(lambda n: n + 1)
            atom.swap(lambda state: {**state, "other": state["other"] + 1})

    together(*[work] * 4)

    assert told == [(n, n + 1) for n in range(4000)]
    with pytest.raises(ValueError, match="once of Cursor"):
        part.add_watch("once", print, once=True)


def test_when_the_last_ordered_watch_has_gone_changes_are_free_of_it():
    atom = Atom(0)
    atom.add_watch("a", print, delivery="ordered")
    atom.add_watch("a", lambda *_: None, delivery="ordered")
    atom.remove_watch("a")
    told = []
    atom.reset(1)

    atom.add_watch("b", lambda key, ref, old, new: told.append((old, new)), delivery="ordered")
    atom.reset(2)

    assert told == [(1, 2)]


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"delivery": "sorted"}, ValueError, "'direct', 'ordered' or 'latest', not 'sorted'"),
        ({"delivery": None}, ValueError, "not None"),
        ({"executor": 3}, TypeError, "executor of Atom.add_watch.* not int"),
        ({"fn": 3, "once": True}, TypeError, "fn of Atom.add_watch.* not int"),
        ({"order": 1}, TypeError, "order"),
    ],
)
def test_options_that_are_wrong_are_named_and_nothing_changes(options, error, says):
    atom = Atom(0)

    with pytest.raises(error, match=says):
        atom.add_watch("k", **{"fn": print, **options})

    assert atom.get_watches() == {}


def test_options_are_given_by_name_only():
    with pytest.raises(TypeError):
        Atom(0).add_watch("k", print, "ordered")


def test_a_change_that_another_thread_makes_is_told_at_once_when_nobody_tells():
    atom = Atom(0)
    told = []
    atom.add_watch("k", lambda key, ref, old, new: told.append(new), delivery="ordered")

    on_another_thread(lambda: atom.reset(1))

    assert told == [1]
