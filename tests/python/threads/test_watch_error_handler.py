"""Errors of watches that nobody can catch: a handler hears of them, or standard error does."""

import sys
import threading

import pytest

from atomos import ARef, Atom, WatchFailure, cursor, set_watch_error_handler

from .misbehaving import Boom, raising
from .together import on_another_thread, together


@pytest.fixture(autouse=True)
def no_handler():
    before = set_watch_error_handler(None)
    yield
    set_watch_error_handler(before)


def at_once(task):
    task()


def test_the_handler_hears_of_the_atom_the_key_and_the_error():
    failures = []
    set_watch_error_handler(failures.append)
    atom = Atom(0)
    atom.add_watch(("a", 1), raising, delivery="latest")

    assert atom.reset(1) == 1

    (failure,) = failures
    assert isinstance(failure, WatchFailure)
    assert (failure.atom, failure.key, type(failure.error)) == (atom, ("a", 1), Boom)
    assert failure.error.__traceback__ is not None


def test_the_former_handler_is_returned():
    assert set_watch_error_handler(print) is None
    assert set_watch_error_handler(fn=None) is print
    assert set_watch_error_handler(None) is None


def test_what_is_no_handler_is_refused_and_the_former_stays():
    set_watch_error_handler(print)

    with pytest.raises(TypeError, match="callable or None, not int"):
        set_watch_error_handler(3)

    assert set_watch_error_handler(None) is print


@pytest.mark.parametrize("make", [ARef, lambda: Atom(0)], ids=["ARef", "Atom"])
def test_without_a_handler_standard_error_names_the_class_and_the_key(make, capsys):
    ref = make()
    ref.add_watch("picky", raising, delivery="latest")

    ref.notify_watches(0, 1) if type(ref) is ARef else ref.reset(1)

    said = capsys.readouterr().err
    assert said.startswith(f"atomos: watch 'picky' of {type(ref).__name__} raised:\n")
    assert "Traceback" in said
    assert "Boom" in said


def test_a_key_whose_repr_raises_is_named_otherwise(capsys):
    class Key:
        __repr__ = raising

    atom = Atom(0)
    atom.add_watch(Key(), raising, delivery="latest")

    atom.reset(1)

    assert "Key object at" in capsys.readouterr().err


def test_a_handler_that_raises_loses_neither_error(capsys):
    def handler(failure):
        raise ZeroDivisionError("handler")

    set_watch_error_handler(handler)
    atom = Atom(0)
    atom.add_watch("k", raising, delivery="latest")

    atom.reset(1)

    said = capsys.readouterr().err
    assert "Boom" in said
    assert "handler of watches' errors" in said
    assert "ZeroDivisionError" in said


def test_without_a_standard_error_nothing_is_said(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    atom = Atom(0)
    atom.add_watch("k", raising, delivery="latest")

    assert atom.reset(1) == 1


def test_of_an_ordered_watch_only_the_caller_s_own_change_raises_in_the_call():
    failures, errors = [], []
    set_watch_error_handler(failures.append)
    atom = Atom(0)
    inside, go_on = threading.Event(), threading.Event()

    def watch(key, ref, old, new):
        if new == 1:
            inside.set()
            go_on.wait()
        raise Boom(new)

    atom.add_watch("k", watch, delivery="ordered")

    def first():
        with pytest.raises(Boom) as caught:
            atom.reset(1)
        errors.append(caught.value.args)

    def second():
        inside.wait()
        atom.reset(2)
        go_on.set()

    together(first, second)

    assert errors == [(1,)]
    assert [failure.error.args for failure in failures] == [(2,)]


@pytest.mark.parametrize("delivery", ["ordered", "latest"])
def test_an_interrupt_is_raised_where_it_came_and_the_rest_is_told(delivery):
    atom = Atom(0)
    told = []

    def watch(key, ref, old, new):
        told.append(new)
        if new == 1:
            ref.reset(2)
            raise KeyboardInterrupt

    atom.add_watch("k", watch, delivery=delivery)

    with pytest.raises(KeyboardInterrupt):
        atom.reset(1)

    assert told == [1, 2]


def test_a_cursors_failure_names_the_cursor_and_its_key():
    failures = []
    set_watch_error_handler(failures.append)
    atom = Atom({"n": 0})
    part = cursor(atom, key="n")
    part.add_watch("k", raising, executor=at_once)

    part.reset(1)

    assert [(f.atom, f.key) for f in failures] == [(part, "k")]


def test_direct_watches_raise_as_ever_on_whatever_thread():
    failures = []
    set_watch_error_handler(failures.append)
    atom = Atom(0)
    atom.add_watch("k", raising)

    with pytest.raises(Boom):
        on_another_thread(lambda: atom.reset(1))

    assert failures == []
