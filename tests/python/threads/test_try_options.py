"""TryOptions: a change that gives up after so many attempts, or seconds."""

import array
import math
import pickle

import pytest

from atomos import (
    UNCHANGED,
    Atom,
    AtomicInteger,
    AtomicReference,
    AtomicView,
    Attempt,
    TryOptions,
    cursor,
)
from atomos.multiprocessing.atom import Atom as ProcessAtom
from atomos.multiprocessing.atomic import AtomicFloat as ProcessFloat
from atomos.multiprocessing.atomic import AtomicInteger as ProcessInteger
from atomos.multiprocessing.atomic import AtomicReference as ProcessReference

from .misbehaving import Boom, raising

ONCE = TryOptions(tries=1)


class Cell:
    """A variable, by the names that this file uses."""

    def __init__(self, make):
        self.of_atom = make in (Atom, ProcessAtom, part)
        self.cell = make(0)
        self.attempt = self.cell.try_swap if self.of_atom else self.cell.try_update
        self.write = self.cell.reset if self.of_atom else self.cell.set
        self.get = self.cell.deref if self.of_atom else self.cell.get


def part(value):
    """A cursor, which is used as an atom."""
    return cursor(Atom({"n": value}), key="n")


def view(value):
    """A number in memory that somebody else owns."""
    return AtomicView(array.array("q", [value]))


@pytest.fixture(
    params=[
        AtomicReference,
        AtomicInteger,
        view,
        Atom,
        part,
        ProcessAtom,
        ProcessReference,
        ProcessInteger,
        ProcessFloat,
    ],
    ids=lambda make: f"{make.__module__}.{make.__name__}",
)
def cell(request):
    return Cell(request.param)


def losing(cell, runs):
    """A function that loses its race each time."""

    def lose(n):
        runs.append(n)
        cell.write(n + 100)
        return n + 1

    return lose


@pytest.mark.parametrize("tries", [1, 2, 5])
def test_after_so_many_lost_attempts_it_gives_up_and_tells_what_stands(cell, tries):
    runs = []

    attempt = cell.attempt(TryOptions(tries=tries), losing(cell, runs))

    assert type(attempt) is Attempt
    assert attempt == Attempt(won=False, now=tries * 100)
    assert runs == [n * 100 for n in range(tries)]
    assert cell.get() == tries * 100


def test_without_time_there_is_one_attempt(cell):
    runs = []

    assert cell.attempt(TryOptions(within=0), losing(cell, runs)) == (False, 100)

    assert runs == [0]


def test_the_first_attempt_is_made_and_may_win(cell):
    assert cell.attempt(TryOptions(within=0), lambda n: n + 1) == (True, 1)
    assert cell.attempt(ONCE, lambda n: n + 1) == (True, 2)
    assert cell.attempt(TryOptions(), lambda n: n + 1) == (True, 3)
    assert cell.get() == 3


def test_whichever_comes_first_ends_it(cell):
    runs = []

    assert not cell.attempt(TryOptions(tries=2, within=3600), losing(cell, runs)).won
    assert not cell.attempt(TryOptions(tries=10**30, within=0), losing(cell, runs)).won

    assert len(runs) == 3


def test_with_limits_that_are_not_reached_it_wins_after_lost_races(cell):
    runs = []

    def lose_twice(n):
        runs.append(n)
        if len(runs) <= 2:
            cell.write(n + 100)
        return n + 1

    assert cell.attempt(TryOptions(tries=3, within=3600), lose_twice) == (True, 201)


def test_a_refusal_is_no_lost_race(cell):
    assert cell.attempt(ONCE, lambda n: UNCHANGED) == (False, 0)


def test_what_the_function_raises_passes(cell):
    with pytest.raises(Boom):
        cell.attempt(ONCE, raising)

    assert cell.get() == 0


def test_arguments_follow_the_function(cell):
    if not cell.of_atom:
        pytest.skip("try_update's function has none")

    assert cell.attempt(ONCE, lambda n, a, *, b: n + a + b, 1, b=10) == (True, 11)


def test_options_without_a_function_are_an_error(cell):
    with pytest.raises(TypeError):
        cell.attempt(ONCE)


def test_a_validator_that_refuses_ends_it(cell):
    if not isinstance(cell.cell, Atom):
        pytest.skip("has no validator")
    cell.cell.set_validator(lambda n: n < 10)

    with pytest.raises(ValueError, match="validator"):
        cell.attempt(TryOptions(tries=3), lambda n: 10)

    assert cell.get() == 0


def test_watches_hear_of_an_attempt_that_won_and_of_no_other():
    atom, heard = Atom(0), []
    atom.add_watch("log", lambda *change: heard.append(change[2:]))

    atom.try_swap(ONCE, lambda n: n + 1)
    atom.try_swap(ONCE, lambda n: UNCHANGED)

    assert heard == [(0, 1)]


def test_a_part_that_was_kept_is_told_where_another_part_has_changed():
    state = Atom({"n": 1, "m": 1})

    def lose(n):
        state.swap(lambda s: {"n": s["n"] + 1, "m": s["m"] + 1})
        return n + 100

    assert cursor(state, key="n").try_swap(ONCE, lose) == (False, 2)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"tries": 0}, ValueError, "TryOptions.tries is 0; allowed: 1 and more"),
        ({"tries": 1.5}, TypeError, "TryOptions.tries has to be an int, not float"),
        ({"within": -0.5}, ValueError, "TryOptions.within is -0.5 s; allowed: 0 and more"),
        ({"within": math.nan}, ValueError, "TryOptions.within is nan"),
        ({"within": "1 s"}, (TypeError, ValueError), "1 s"),
        ({"within": []}, TypeError, "list"),
    ],
)
def test_limits_are_counts_and_seconds(options, error, words):
    with pytest.raises(error, match=words):
        TryOptions(**options)


def test_options_are_values():
    options = TryOptions(tries=3, within=0.5)

    assert options == TryOptions(3, 0.5)
    assert TryOptions() == TryOptions(tries=None, within=None)
    assert repr(options) == "TryOptions(tries=3, within=0.5)"
    assert pickle.loads(pickle.dumps(options)) == options
    assert TryOptions(within=math.inf).within == math.inf
    with pytest.raises(AttributeError):
        options.tries = 4
