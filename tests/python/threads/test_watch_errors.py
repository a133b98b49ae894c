"""Watches that raise: all run, the change stands, and the caller is told everything."""

import builtins
import sys

import pytest

from atomos.atom import ARef, Atom

from .misbehaving import Boom, raising

CHANGES = {
    "swap": (lambda atom: atom.swap(lambda n: n + 1)),
    "swap_vals": (lambda atom: atom.swap_vals(lambda n: n + 1)),
    "try_swap": (lambda atom: atom.try_swap(lambda n: n + 1)),
    "reset": (lambda atom: atom.reset(1)),
    "reset_vals": (lambda atom: atom.reset_vals(1)),
    "compare_and_set": (lambda atom: atom.compare_and_set(0, 1)),
    "compare_and_exchange": (lambda atom: atom.compare_and_exchange(0, 1)),
}
by_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


def raises(error):
    """A watch that raises that very exception."""

    def watch(*_):
        raise error

    return watch


def all_errors(caught):
    """The exceptions of a round in which several watches raised."""
    if sys.version_info >= (3, 11):
        return list(caught.exceptions)
    return [caught, *caught.watch_errors]


@by_change
def test_all_watches_run_when_one_raises_and_the_change_stands(change):
    atom = Atom(0)
    heard = []
    atom.add_watch("before", lambda *_: heard.append("before"))
    atom.add_watch("raises", raising)
    atom.add_watch("after", lambda *_: heard.append("after"))

    with pytest.raises(Boom):
        change(atom)

    assert heard == ["before", "after"]
    assert atom.deref() == 1


def test_one_exception_is_raised_again_as_it_is():
    error = Boom("mine")
    atom = Atom(0)
    atom.add_watch("k", raises(error))

    with pytest.raises(Boom) as caught:
        atom.reset(1)

    assert caught.value is error
    assert error.__cause__ is None
    names = [entry.name for entry in caught.traceback]
    assert names[-1] == "watch"


@by_change
def test_several_exceptions_are_all_told_in_order_of_the_watches(change):
    errors = [Boom("first"), ValueError("second"), KeyError("third")]
    atom = Atom(0)
    for index, error in enumerate(errors):
        atom.add_watch(index, raises(error))

    with pytest.raises(Exception) as caught:  # noqa: B017, PT011
        change(atom)

    assert all_errors(caught.value) == errors
    assert atom.deref() == 1


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups came with Python 3.11")
def test_several_exceptions_are_an_exception_group():
    atom = Atom(0)
    atom.add_watch("a", raises(Boom("a")))
    atom.add_watch("b", raises(KeyError("b")))

    with pytest.raises(builtins.ExceptionGroup) as caught:
        atom.reset(1)

    assert [type(error) for error in caught.value.exceptions] == [Boom, KeyError]


@pytest.mark.skipif(sys.version_info >= (3, 11), reason="Python 3.11 and later have groups")
def test_before_groups_the_first_exception_has_the_others_attached():
    first, second, third = Boom("a"), Boom("b"), Boom("c")
    atom = Atom(0)
    for index, error in enumerate((first, second, third)):
        atom.add_watch(index, raises(error))

    with pytest.raises(Boom) as caught:
        atom.reset(1)

    assert caught.value is first
    assert first.watch_errors == (second, third)


def test_notify_watches_tells_exceptions_in_the_same_way():
    ref = ARef()
    heard = []
    ref.add_watch("a", raising)
    ref.add_watch("b", lambda *_: heard.append("b"))

    with pytest.raises(Boom):
        ref.notify_watches(1, 2)

    assert heard == ["b"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_exception_that_is_not_an_error_still_lets_the_others_run(error):
    atom = Atom(0)
    heard = []
    atom.add_watch("a", raises(error("stop")))
    atom.add_watch("b", lambda *_: heard.append("b"))

    with pytest.raises(error):
        atom.reset(1)

    assert heard == ["b"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups came with Python 3.11")
def test_a_group_with_an_interrupt_in_it_is_no_plain_exception():
    atom = Atom(0)
    atom.add_watch("a", raises(KeyboardInterrupt("stop")))
    atom.add_watch("b", raising)

    with pytest.raises(builtins.BaseExceptionGroup) as caught:
        atom.reset(1)

    assert not isinstance(caught.value, Exception)
    assert [type(error) for error in caught.value.exceptions] == [KeyboardInterrupt, Boom]


def test_a_nested_rounds_exception_belongs_to_the_watch_that_nested_it():
    atom = Atom(0)
    heard = []

    def nests(_key, ref, _old, new):
        if new == 1:
            ref.reset(2)

    def on_two(_key, _ref, _old, new):
        heard.append(new)
        if new == 2:
            raise Boom("two")

    atom.add_watch("nests", nests)
    atom.add_watch("on_two", on_two)

    with pytest.raises(Boom):
        atom.reset(1)

    assert heard == [2, 1]
    assert atom.deref() == 2


def test_a_watch_that_raised_once_is_called_again():
    atom = Atom(0)
    calls = []

    def once(_key, _ref, _old, new):
        calls.append(new)
        if new == 1:
            raise Boom("once")

    atom.add_watch("k", once)
    with pytest.raises(Boom):
        atom.reset(1)
    atom.reset(2)

    assert calls == [1, 2]
