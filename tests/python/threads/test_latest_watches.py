"""Watches of `latest`: the newest value, by one thread at a time, never resting on an old one."""

import sys
import threading

import pytest

from atomos import ARef, Atom, AtomicInteger, cursor

from .misbehaving import EqNever
from .together import meeting, together


@pytest.fixture
def frequent_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def told_by(ref, **options):
    """What a watch of `latest` of that ref is told from now on."""
    told = []
    ref.add_watch(
        "latest",
        lambda key, ref, old, new: told.append((old, new)),
        delivery="latest",
        **options,
    )
    return told


@pytest.mark.usefixtures("frequent_switches")
@pytest.mark.parametrize("writers", [2, 8])
def test_it_never_rests_on_an_old_value_and_never_goes_back(writers):
    for _ in range(20):
        atom = Atom((0,))
        told = told_by(atom)

        def swap(atom=atom):
            for _ in range(200):
                atom.swap(lambda state: (state[0] + 1,))

        together(*[swap] * writers)

        news = [new[0] for _, new in told]
        assert told[-1][1] is atom.deref()
        assert news == sorted(set(news))
        assert [old[0] for old, _ in told] == [0, *news[:-1]]


@pytest.mark.usefixtures("frequent_switches")
def test_of_changes_that_meet_the_newest_is_told_before_all_have_returned():
    atom = Atom((0,))
    told = told_by(atom)
    untold = []

    def look():
        if told[-1][1] is not atom.deref():
            untold.append(atom.deref())

    meeting(500, lambda: None, lambda: atom.swap(lambda state: (state[0] + 1,)), look)

    assert untold == []


@pytest.mark.usefixtures("frequent_switches")
def test_calls_never_overlap():
    atom = Atom((0,))
    calls, overlapped = AtomicInteger(), []

    def watch(*_):
        if calls.increment_and_get() != 1:
            overlapped.append(True)
        calls.decrement_and_get()

    atom.add_watch("k", watch, delivery="latest")

    def swap():
        for _ in range(2000):
            atom.swap(lambda state: (state[0] + 1,))

    together(*[swap] * 4)

    assert overlapped == []


def test_what_comes_during_a_call_is_told_after_it_and_only_the_newest():
    atom = Atom(0)
    told = []

    def watch(key, ref, old, new):
        told.append((old, new))
        if new == 1:
            for n in range(2, 100):
                ref.reset(n)

    atom.add_watch("k", watch, delivery="latest")

    atom.reset(1)

    assert told == [(0, 1), (1, 99)]


def test_a_writer_does_not_wait_for_a_watch_that_another_thread_tells():
    atom = Atom(0)
    told = []
    inside, go_on = threading.Event(), threading.Event()

    def watch(key, ref, old, new):
        told.append((old, new))
        if new == 1:
            inside.set()
            go_on.wait()

    atom.add_watch("k", watch, delivery="latest")

    def rivals():
        inside.wait()
        for n in range(2, 50):
            atom.reset(n)
        assert told == [(0, 1)]
        go_on.set()

    together(lambda: atom.reset(1), rivals)

    assert told == [(0, 1), (1, 49)]


def test_equal_states_are_not_taken_for_each_other():
    first, second = EqNever(), EqNever()
    atom = Atom(first)
    told = told_by(atom)

    atom.reset(second)

    assert [(old is first, new is second) for old, new in told] == [(True, True)]


def test_a_state_that_is_changed_in_place_is_told_again():
    state = [0]
    atom = Atom(state)
    told = told_by(atom)

    atom.swap(lambda state: state.append(1) or state)
    atom.swap(lambda state: state.append(2) or state)

    assert len(told) == 2
    assert told[1][0] is told[1][1] is state


def test_an_aref_by_itself_tells_what_came_last_and_old_is_what_was_told():
    ref = ARef()
    told = []

    def watch(key, ref, old, new):
        told.append((old, new))
        if new == 1:
            ref.notify_watches(1, 2)
            ref.notify_watches(2, 3)

    ref.add_watch("k", watch, delivery="latest")

    ref.notify_watches(0, 1)
    ref.notify_watches(7, 8)

    assert told == [(0, 1), (1, 3), (3, 8)]


def test_a_cursors_watch_is_told_its_part_and_skips():
    atom = Atom({"n": 0, "other": 0})
    part = cursor(atom, key="n")
    tasks = []
    told = told_by(part, executor=tasks.append)

    for n in range(1, 5):
        part.reset(n)
        atom.swap(lambda state: {**state, "other": 1})
    tasks.pop()()

    assert tasks == []
    assert told == [(0, 4)]
