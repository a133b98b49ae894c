"""set_if_less and set_if_greater: a value is set only where it is beyond the one that stands."""

import math

import pytest

from atomos import Atom, AtomicBoolean, AtomicFloat, AtomicReference, ValidationError, cursor

from .kinds import NUMBERS
from .misbehaving import Boom

CELLS = [*(kind.make for kind in NUMBERS), AtomicReference, Atom]


def state_of(cell):
    return cell.deref() if isinstance(cell, Atom) else cell.get()


class Touchy:
    """Raises where it is compared."""

    def __lt__(self, other):
        raise Boom

    __gt__ = __lt__


@pytest.mark.parametrize("make", CELLS)
@pytest.mark.parametrize(
    ("name", "value", "won"),
    [
        ("set_if_less", 4, True),
        ("set_if_less", 5, False),
        ("set_if_less", 6, False),
        ("set_if_greater", 4, False),
        ("set_if_greater", 5, False),
        ("set_if_greater", 6, True),
    ],
)
def test_a_value_is_set_only_where_it_is_beyond_the_one_that_stands(make, name, value, won):
    kind = float if make is AtomicFloat else int
    cell = make(kind(5))

    assert getattr(cell, name)(kind(value)) is won
    assert state_of(cell) == (value if won else 5)


@pytest.mark.parametrize("name", ["set_if_less", "set_if_greater"])
def test_nan_is_beyond_nothing_and_nothing_is_beyond_nan(name):
    number, nan = AtomicFloat(1.0), AtomicFloat(math.nan)

    assert getattr(number, name)(math.nan) is False
    assert getattr(nan, name)(1.0) is False


@pytest.mark.parametrize("name", ["set_if_less", "set_if_greater"])
@pytest.mark.parametrize("make", [AtomicReference, Atom])
def test_what_a_comparison_raises_is_raised_and_nothing_has_changed(make, name):
    cell = make(5)

    with pytest.raises(Boom):
        getattr(cell, name)(Touchy())

    assert state_of(cell) == 5


@pytest.mark.parametrize("name", ["set_if_less", "set_if_greater"])
def test_a_value_that_the_class_does_not_accept_is_refused(name):
    flag = AtomicBoolean(True)

    with pytest.raises(TypeError):
        getattr(flag, name)(0)

    assert flag.get() is True
    assert flag.set_if_less(False) is True


@pytest.mark.parametrize("make", [AtomicReference, Atom])
@pytest.mark.parametrize(("meanwhile", "won"), [(4, True), (1, False)])
def test_after_a_lost_race_the_value_that_stands_then_is_compared(make, meanwhile, won):
    class Slow(int):
        def __lt__(self, other):
            if other == 5:
                (cell.reset if make is Atom else cell.set)(meanwhile)
            return int(self) < other

    cell = make(5)
    value = Slow(3)

    assert cell.set_if_less(value) is won
    assert state_of(cell) is (value if won else meanwhile)


def test_watches_hear_what_was_set_and_the_validator_runs_in_any_case():
    atom = Atom(5)
    atom.set_validator(lambda n: n > 0)
    heard = []
    atom.add_watch("k", lambda _key, _ref, old, new: heard.append((old, new)))

    assert atom.set_if_less(newval=4)
    assert not atom.set_if_less(4)
    with pytest.raises(ValidationError):
        atom.set_if_greater(-1)

    assert heard == [(5, 4)]


def test_a_part_is_compared_and_not_the_whole():
    atom = Atom({"a": 5, "b": 1})
    part = cursor(atom, key="a")

    assert part.set_if_greater(6) and not part.set_if_greater(6)
    assert part.set_if_less(2) and not part.set_if_less(2) and not part.set_if_less(3)
    assert atom.deref() == {"a": 2, "b": 1}
