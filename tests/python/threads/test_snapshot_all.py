"""Several variables as of one moment: what snapshot_all takes, and what it gives."""

import pytest

from atomos import (
    Atom,
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicIntegerArray,
    AtomicReference,
    AtomicStampedReference,
    cursor,
    snapshot_all,
)
from atomos.multiprocessing.atom import Atom as ProcessAtom
from atomos.multiprocessing.atomic import AtomicLong as ProcessLong

from .kinds import KINDS


def test_the_values_come_in_the_order_of_the_variables():
    variables = Atom("a"), AtomicReference([1]), AtomicInteger(2**70), AtomicFloat(0.5)

    assert snapshot_all(*variables) == ("a", [1], 2**70, 0.5)
    assert snapshot_all(*reversed(variables)) == (0.5, 2**70, [1], "a")


def test_a_snapshot_is_a_plain_tuple_of_the_very_objects():
    value, state = [1], {"n": 1}

    snapshot = snapshot_all(AtomicReference(value), Atom(state))

    assert type(snapshot) is tuple
    assert snapshot[0] is value
    assert snapshot[1] is state


def test_a_snapshot_does_not_change_when_the_variables_do():
    count, flag = AtomicInteger(1), AtomicBoolean(True)
    before = snapshot_all(count, flag)

    count.set(2)
    flag.set(False)

    assert before == (1, True)
    assert snapshot_all(count, flag) == (2, False)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_one_variable_is_enough_and_its_value_is_left_as_it_was(kind):
    ref = kind.make(kind.one)

    assert snapshot_all(ref) == (kind.one,)
    assert ref.get() == kind.one


def test_subclasses_and_the_elements_of_arrays_take_part():
    class Account(Atom):
        """A user's atom."""

    row = AtomicIntegerArray([1, 2, 3])

    assert snapshot_all(Account(0), *row) == (0, 1, 2, 3)


def test_a_hundred_variables_are_no_more_than_two():
    row = [AtomicInteger(i) if i % 2 else Atom(i) for i in range(100)]

    assert snapshot_all(*row) == tuple(range(100))


def test_a_variable_that_is_given_twice_is_named():
    a, b = Atom(1), Atom(2)

    with pytest.raises(ValueError, match=r"snapshot_all.*variables 1 and 3 are the same Atom"):
        snapshot_all(a, b, a)


def test_without_a_variable_there_is_no_moment():
    with pytest.raises(TypeError, match="no variable"):
        snapshot_all()


@pytest.mark.parametrize(
    "other",
    [
        lambda: 1,
        lambda: None,
        lambda: cursor(Atom({"n": 1}), key="n"),
        lambda: AtomicStampedReference(None, 0),
        lambda: ProcessLong(1),
        lambda: ProcessAtom(1),
    ],
)
def test_another_object_is_refused_and_named(other):
    other = other()
    wanted = rf"variable 2 is a {type(other).__name__}.*allowed: an Atom"

    with pytest.raises(TypeError, match=wanted):
        snapshot_all(Atom(1), other)
