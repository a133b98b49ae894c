"""Watches and validators belong to a process; everyone=True hears of all processes' changes."""

import threading

import pytest

import atomos
from atomos.multiprocessing.atom import Atom

from .children import METHODS, Child, call

each_method = pytest.mark.parametrize("method", METHODS)


def reset_to(atom, *states):
    for state in states:
        atom.reset(state)
    return sorted(map(str, atom.get_watches()))


@each_method
def test_a_watch_does_not_hear_of_another_process_s_changes(method):
    atom = Atom(0)
    heard = []
    atom.add_watch("mine", lambda key, ref, old, new: heard.append((old, new)))

    watched_there = call(method, reset_to, atom, 1, 2)
    atom.reset(3)

    assert heard == [(2, 3)]
    assert watched_there == (["mine"] if method == "fork" else [])


heard_here = []


def listen(key, ref, old, new):
    heard_here.append((key, old, new))


def reset_and_tell(atom):
    atom.reset(1)
    return heard_here


def test_a_forked_child_inherits_watches_and_calls_its_own_copy():
    heard_here.clear()
    atom = Atom(0)
    atom.add_watch("inherited", listen)

    assert call("fork", reset_and_tell, atom) == [("inherited", 0, 1)]
    assert heard_here == []


def refused(atom, state):
    try:
        atom.reset(state)
    except atomos.ValidationError:
        return True
    return False


@each_method
def test_a_validator_belongs_to_its_process_and_is_inherited_by_fork(method):
    atom = Atom(1)
    atom.set_validator(lambda state: state > 0)

    there = call(method, refused, atom, -1)

    assert there == (method == "fork")
    assert refused(atom, -1)


class Ear:
    """A watch that remembers what it was told, and lets a test wait for it."""

    def __init__(self):
        self.told = []
        self.condition = threading.Condition()

    def __call__(self, key, ref, old, new):
        with self.condition:
            self.told.append((key, old, new, threading.get_ident()))
            self.condition.notify_all()

    def until(self, last):
        """Waits until it was told of `last`; all that it was told."""
        with self.condition:
            assert self.condition.wait_for(lambda: self.told and self.told[-1][2] == last, 100)
            return self.told[:]


@each_method
def test_a_watch_of_everyone_hears_of_other_processes(method):
    atom = Atom(0)
    ear = Ear()
    atom.add_watch("all", ear, everyone=True)

    call(method, reset_to, atom, 1, 2, 3)
    told = ear.until(3)
    atom.reset("mine")
    told = ear.until("mine")
    atom.remove_watch("all")

    assert {key for key, *_ in told} == {"all"}
    assert told[0][1] == 0
    assert [old for _, old, *_ in told[1:]] == [new for _, _, new, _ in told[:-1]]


def test_a_watch_of_everyone_runs_on_one_thread_of_its_own():
    first, second, ear = Atom(0), Atom(0), Ear()
    first.add_watch("1", ear, everyone=True)
    second.add_watch("2", ear, everyone=True)

    first.reset(1)
    ear.until(1)
    second.reset(2)
    told = ear.until(2)
    first.remove_watch("1")
    second.remove_watch("2")

    assert len({thread for *_, thread in told}) == 1
    assert told[0][3] != threading.get_ident()


def test_a_watch_of_everyone_never_rests_on_an_old_value():
    atom, ear = Atom(0), Ear()
    atom.add_watch("all", ear, everyone=True)

    children = [Child("fork", reset_to, atom, *range(300)) for _ in range(2)]
    for child in children:
        child.answer()
    ear.until(atom.deref())
    atom.remove_watch("all")

    assert ear.told[-1][2] == 299


def test_a_removed_watch_of_everyone_is_not_called_any_more():
    atom, other, ear = Atom(0), Ear(), Ear()
    atom.add_watch("gone", ear, everyone=True)
    atom.add_watch("stays", other, everyone=True)

    atom.remove_watch("gone")
    call("fork", reset_to, atom, 1)
    other.until(1)
    atom.remove_watch("stays")

    assert ear.told == []
    assert atom.get_watches() == {}


def test_a_watch_of_everyone_may_change_the_atom():
    atom, ear = Atom(0), Ear()

    def up_to_five(key, ref, old, new):
        if new < 5:
            ref.reset(new + 1)

    atom.add_watch("steps", up_to_five, everyone=True)
    atom.add_watch("ear", ear, everyone=True)
    call("fork", reset_to, atom, 1)

    ear.until(5)
    atom.remove_watch("steps")
    atom.remove_watch("ear")
    assert atom.deref() == 5


def test_a_watch_of_everyone_that_raises_is_called_again(monkeypatch):
    atom, ear = Atom(0), Ear()
    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)
    monkeypatch.setattr("sys.unraisablehook", lambda arguments: None)

    def raising(*told):
        ear(*told)
        raise ZeroDivisionError

    atom.add_watch("raising", raising, everyone=True)
    call("fork", reset_to, atom, 1)
    ear.until(1)
    call("fork", reset_to, atom, 2)
    ear.until(2)
    atom.remove_watch("raising")
