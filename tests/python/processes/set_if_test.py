"""set_if_less and set_if_greater of what processes share."""

import math

import pytest

from atomos import ValidationError
from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import (
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicNumber,
    AtomicReference,
)

CELLS = [AtomicInteger, AtomicFloat, lambda n: AtomicNumber("i", n), AtomicReference, Atom]


def state_of(cell):
    return cell.deref() if isinstance(cell, Atom) else cell.get()


@pytest.mark.parametrize("make", CELLS)
def test_a_value_is_set_only_where_it_is_beyond_the_one_that_stands(make):
    cell = make(5)

    assert cell.set_if_less(4) is True
    assert cell.set_if_less(4) is False
    assert cell.set_if_greater(4) is False
    assert state_of(cell) == 4
    assert cell.set_if_greater(6) is True
    assert state_of(cell) == 6


class Slow(int):
    """Calls what is in `meanwhile`, once, where it is compared."""

    def __lt__(self, other):
        if meanwhile:
            meanwhile.pop()()
        return int(self) < other


meanwhile = []


@pytest.mark.parametrize("make", [AtomicReference, Atom])
@pytest.mark.parametrize(("other", "won"), [(4, True), (1, False)])
def test_after_a_lost_race_the_value_that_stands_then_is_compared(make, other, won):
    cell = make(5)
    meanwhile.append(lambda: (cell.reset if make is Atom else cell.set)(other))

    assert cell.set_if_less(Slow(3)) is won
    assert state_of(cell) == (3 if won else other)


@pytest.mark.parametrize("name", ["set_if_less", "set_if_greater"])
def test_nan_is_beyond_nothing_and_a_wrong_type_is_refused(name):
    number, flag = AtomicFloat(1.0), AtomicBoolean(True)

    assert getattr(number, name)(math.nan) is False
    with pytest.raises(TypeError):
        getattr(AtomicInteger(1), name)("2")

    assert number.get() == 1.0
    assert flag.set_if_less(False) is True
    assert flag.get() is False


def test_what_would_stand_is_compared_where_a_type_wraps():
    small = AtomicNumber("b", 5)

    assert small.set_if_greater(256 + 4) is False
    assert small.get() == 5


def test_the_validator_of_an_atom_runs_in_any_case_and_watches_hear_what_was_set():
    atom = Atom(5)
    atom.set_validator(lambda n: n > 0)
    heard = []
    atom.add_watch("k", lambda _key, _ref, old, new: heard.append((old, new)))

    assert atom.set_if_less(newval=4)
    assert not atom.set_if_less(4)
    with pytest.raises(ValidationError):
        atom.set_if_greater(-1)

    assert heard == [(5, 4)]
