"""Validators: each candidate is asked about before it is published, by the one that stands."""

import pytest

import atomos
from atomos import UNCHANGED, ValidationError
from atomos.atom import Atom

from .misbehaving import Boom, NoTruth, once, raising
from .together import on_another_thread

CHANGES = {
    "swap": lambda atom, to: atom.swap(lambda _: to),
    "swap_vals": lambda atom, to: atom.swap_vals(lambda _: to),
    "try_swap": lambda atom, to: atom.try_swap(lambda _: to),
    "reset": lambda atom, to: atom.reset(to),
    "reset_vals": lambda atom, to: atom.reset_vals(to),
    "compare_and_set": lambda atom, to: atom.compare_and_set(atom.deref(), to),
    "compare_and_exchange": lambda atom, to: atom.compare_and_exchange(atom.deref(), to),
    "set_if": lambda atom, to: (
        (atom.set_if_less if to < atom.deref() else atom.set_if_greater)(to)
    ),
}
by_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


def positive(value):
    return value > 0


def below_ten(value):
    return value < 10


def guarded(value, validator=positive):
    """An atom with a validator, and the list of the changes that its watch hears."""
    atom = Atom(value)
    atom.set_validator(validator)
    heard = []
    atom.add_watch("k", lambda _key, _ref, old, new: heard.append((old, new)))
    return atom, heard


def test_there_is_none_at_first_and_it_can_be_set_read_and_taken_away():
    atom = Atom(1)

    assert atom.get_validator() is None
    assert atom.set_validator(positive) is None
    assert atom.get_validator() is positive
    atom.set_validator(fn=None)
    assert atom.get_validator() is None
    assert atom.reset(-1) == -1


@by_change
def test_a_refused_candidate_changes_nothing_and_nobody_hears(change):
    atom, heard = guarded(1)

    with pytest.raises(ValidationError) as caught:
        change(atom, -1)

    assert isinstance(caught.value, ValueError)
    assert caught.value.__cause__ is None
    assert (atom.deref(), heard) == (1, [])


@by_change
def test_an_accepted_candidate_lands(change):
    atom, heard = guarded(1)

    change(atom, 2)

    assert (atom.deref(), heard) == (2, [(1, 2)])


@by_change
def test_a_validator_that_raises_refuses_and_its_exception_is_the_cause(change):
    atom, heard = guarded(1, lambda value: raising() if value == 2 else True)

    with pytest.raises(ValidationError) as caught:
        change(atom, 2)

    assert isinstance(caught.value.__cause__, Boom)
    assert (atom.deref(), heard) == (1, [])


def test_a_validator_whose_answer_has_no_truth_refuses():
    atom, heard = guarded(1, lambda value: NoTruth() if value == 2 else True)

    with pytest.raises(ValidationError) as caught:
        atom.reset(2)

    assert isinstance(caught.value.__cause__, ValueError)
    assert (atom.deref(), heard) == (1, [])


@pytest.mark.parametrize("falsy", [False, None, 0, "", []])
def test_any_falsy_answer_refuses(falsy):
    atom, _ = guarded(1, lambda value: falsy if value == 2 else "yes")

    with pytest.raises(ValidationError):
        atom.reset(2)

    assert atom.reset(3) == 3


def test_it_runs_also_where_the_comparison_is_going_to_fail():
    atom, _ = guarded(1)

    with pytest.raises(ValidationError):
        atom.compare_and_set(99, -1)
    with pytest.raises(ValidationError):
        atom.compare_and_exchange(99, -1)
    assert atom.compare_and_set(99, 2) is False
    assert atom.deref() == 1


def test_a_refusal_is_an_error_of_atomos():
    atom, _ = guarded(1)

    with pytest.raises(atomos.Error):
        atom.reset(-1)


@pytest.mark.parametrize("refuses", [lambda _: False, raising], ids=["falsy", "raising"])
def test_a_validator_that_refuses_the_current_value_is_refused_itself(refuses):
    atom, _ = guarded(1)

    with pytest.raises(ValidationError):
        atom.set_validator(refuses)

    assert atom.get_validator() is positive
    assert atom.reset(2) == 2


def test_a_refused_first_validator_leaves_none():
    atom = Atom(-1)

    with pytest.raises(ValidationError):
        atom.set_validator(positive)

    assert atom.get_validator() is None
    assert atom.reset(-2) == -2


@pytest.mark.parametrize("wrong", [42, "name", []])
def test_what_cannot_be_called_is_no_validator(wrong):
    atom, _ = guarded(1)

    with pytest.raises(TypeError):
        atom.set_validator(wrong)

    assert atom.get_validator() is positive


def test_unchanged_is_not_shown_to_the_validator():
    atom, _ = guarded(1)

    assert atom.try_swap(lambda _: UNCHANGED) == (False, 1)


def test_a_validator_may_use_the_atom():
    seen = []
    atom, _ = guarded(1, lambda value: seen.append(atom.deref()) or True if value > 1 else True)

    atom.reset(2)
    atom.swap(lambda n: n + 1)

    assert seen == [1, 2]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same thread", "another thread"])
def test_a_swap_that_the_old_validator_checked_does_not_land_under_the_new(elsewhere):
    def meddle():
        change = lambda: atom.set_validator(below_ten)  # noqa: E731
        on_another_thread(change) if elsewhere else change()

    meddling = once(meddle)
    atom, heard = guarded(1, lambda value: meddling() or True if value == 100 else True)

    with pytest.raises(ValidationError):
        atom.swap(lambda n: 100)

    assert (atom.deref(), heard) == (1, [])


@by_change
def test_no_change_that_the_old_validator_checked_lands_under_the_new(change):
    meddling = once(lambda: on_another_thread(lambda: atom.set_validator(below_ten)))
    atom, heard = guarded(1, lambda value: meddling() or True if value == 100 else True)

    with pytest.raises(ValidationError):
        change(atom, 100)

    assert (atom.deref(), heard) == (1, [])


@pytest.mark.parametrize("name", ["swap", "swap_vals", "try_swap"])
def test_a_swap_that_no_validator_checked_does_not_land_under_the_first_one(name):
    atom = Atom(1)
    meddling = once(lambda: atom.set_validator(below_ten))

    with pytest.raises(ValidationError):
        getattr(atom, name)(lambda n: meddling() or n + 100)

    assert atom.deref() == 1


@pytest.mark.parametrize("changes", range(1, 6))
def test_a_change_does_not_land_when_validators_came_full_circle_meanwhile(changes):
    def meddle():
        atom.set_validator(None)
        for _ in range(changes):
            atom.set_validator(below_ten)

    meddling = once(lambda: on_another_thread(meddle))
    atom, _ = guarded(1, lambda value: meddling() or True if value == 100 else True)

    with pytest.raises(ValidationError):
        atom.reset(100)

    assert atom.deref() == 1


def test_a_comparison_that_changes_the_validator_is_checked_by_the_new_one():
    changing = once(lambda: atom.set_validator(lambda value: not isinstance(value, int)))

    class Value:
        def __eq__(self, other):
            changing()
            return True

    atom = Atom(Value())

    with pytest.raises(ValidationError):
        atom.compare_and_set("anything", 100)

    assert type(atom.deref()) is Value


def test_a_candidate_that_lost_its_race_is_not_refused_for_what_it_was():
    meddling = once(lambda: on_another_thread(lambda: atom.reset(50)))

    def validator(value):
        if value == 0:
            meddling()
        return value > 0

    atom, _ = guarded(1, validator)

    assert atom.swap(lambda n: n - 1) == 49


def test_a_validator_and_its_state_are_let_go():
    class Validator:
        def __call__(self, value):
            return True

        def __del__(self):
            deaths.append(atom.deref())

    deaths = []
    atom = Atom(1)
    atom.set_validator(Validator())
    atom.set_validator(None)

    assert deaths == [1]
