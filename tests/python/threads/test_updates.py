"""Changes by a function, and what try_update and try_swap answer."""

import pytest

import atomos
from atomos import UNCHANGED
from atomos.atom import Atom
from atomos.atomic import AtomicFloat, AtomicInteger, AtomicLong, AtomicReference

from .kinds import KINDS, NUMBERS, TYPED
from .misbehaving import Boom, raising

by_kind = pytest.mark.parametrize("kind", KINDS, ids=str)
by_number = pytest.mark.parametrize("kind", NUMBERS, ids=str)


@by_kind
def test_updates_return_the_new_or_the_old_value(kind):
    ref = kind.make(kind.one)

    assert ref.update_and_get(lambda _: kind.other) == kind.other
    assert ref.get_and_update(lambda _: kind.one) == kind.other
    assert ref.update_and_get(fn=lambda value: value) == kind.one
    assert ref.get_and_update(fn=lambda _: kind.other) == kind.one
    assert ref.get() == kind.other


@by_number
def test_accumulations_call_with_the_value_and_x(kind):
    number = kind.make(kind.one)

    assert number.accumulate_and_get(kind.one, lambda value, x: value + x) == kind.one * 2
    assert number.get_and_accumulate(kind.one, lambda value, x: value - x) == kind.one * 2
    assert number.accumulate_and_get(x=kind.one, fn=lambda value, x: x - value + x) == kind.one
    assert number.get_and_accumulate(fn=lambda value, x: x, x=kind.other) == kind.one
    assert number.get() == kind.other


def test_the_value_is_the_first_argument_of_an_accumulation():
    ref = AtomicReference("a")

    assert ref.accumulate_and_get("b", lambda value, x: value + x) == "ab"


@by_kind
def test_a_function_that_raises_passes_its_exception_and_nothing_changes(kind):
    ref = kind.make(kind.one)

    for call in (
        lambda: ref.update_and_get(raising),
        lambda: ref.get_and_update(raising),
        lambda: ref.accumulate_and_get(kind.other, raising),
        lambda: ref.get_and_accumulate(kind.other, raising),
        lambda: ref.try_update(raising),
    ):
        with pytest.raises(Boom):
            call()
    assert ref.get() == kind.one


@pytest.mark.parametrize("kind", TYPED, ids=str)
def test_a_function_that_returns_a_wrong_type_is_a_type_error_and_nothing_changes(kind):
    ref = kind.make(kind.one)

    for call in (
        lambda: ref.update_and_get(lambda _: "wrong"),
        lambda: ref.get_and_update(lambda _: "wrong"),
        lambda: ref.accumulate_and_get(kind.other, lambda *_: "wrong"),
        lambda: ref.get_and_accumulate(kind.other, lambda *_: "wrong"),
        lambda: ref.try_update(lambda _: "wrong"),
        lambda: ref.update_and_get(lambda _: None),
    ):
        with pytest.raises(TypeError):
            call()
    assert ref.get() == kind.one


@by_kind
@pytest.mark.parametrize("wrong", [None, 42, "name"])
def test_what_cannot_be_called_is_a_type_error(kind, wrong):
    ref = kind.make(kind.one)

    with pytest.raises(TypeError):
        ref.update_and_get(wrong)

    assert ref.get() == kind.one


@by_kind
def test_try_update_answers_that_it_won(kind):
    ref = kind.make(kind.one)

    attempt = ref.try_update(lambda _: kind.other)

    assert type(attempt) is atomos.Attempt
    assert attempt.won is True
    assert attempt.now == ref.get() == kind.other


@by_kind
def test_unchanged_leaves_the_value_and_answers_what_stands(kind):
    ref = kind.make(kind.one)

    assert ref.try_update(fn=lambda _: UNCHANGED) == (False, kind.one)
    assert ref.get() == kind.one


@pytest.mark.parametrize("make", [AtomicInteger, AtomicLong])
def test_none_leaves_an_integer_too(make):
    number = make(5)

    assert number.try_update(lambda n: n - 1 if n > 5 else None) == (False, 5)
    assert number.try_update(lambda n: n - 1 if n > 4 else None) == (True, 4)


def test_none_is_a_value_of_a_reference():
    ref = AtomicReference(5)

    assert ref.try_update(lambda _: None) == (True, None)
    assert ref.get() is None


@by_kind
def test_compare_and_exchange_answers_what_stands_now(kind):
    ref = kind.make(kind.one)

    won = ref.compare_and_exchange(kind.one, kind.other)
    lost = ref.compare_and_exchange(expect=kind.one, update=kind.one)

    assert type(won) is type(lost) is atomos.Attempt
    assert won == (True, kind.other)
    assert lost == (False, kind.other)
    assert ref.get() == kind.other


@pytest.mark.parametrize("kind", TYPED, ids=str)
def test_an_exchange_for_a_wrong_type_raises_where_it_would_win(kind):
    ref = kind.make(kind.one)

    with pytest.raises(TypeError):
        ref.compare_and_exchange(kind.one, "wrong")
    assert ref.compare_and_exchange(kind.other, "wrong") == (False, kind.one)
    assert ref.get() == kind.one


def test_an_atoms_members_answer_old_and_new():
    atom = Atom(1)

    assert atom.swap_vals(lambda n, by: n + by, by=2) == (1, 3)
    assert atom.swap_vals(fn=lambda n: n + 1) == (3, 4)
    assert atom.reset_vals(9) == (4, 9)
    assert atom.reset_vals(newval=10) == (9, 10)
    assert atom.compare_and_exchange(10, 11) == (True, 11)
    assert atom.compare_and_exchange(oldval=10, newval=12) == (False, 11)
    assert atom.read(lambda n: n * 2) == 22
    assert atom.read(fn=str) == "11"


def test_try_swap_answers_who_won_and_unchanged_is_heard_by_nobody():
    atom = Atom(1)
    heard = []
    atom.add_watch("k", lambda _key, _ref, old, new: heard.append((old, new)))

    assert atom.try_swap(lambda n, *by: sum(by, n), 1, 2) == (True, 4)
    assert atom.try_swap(lambda n: UNCHANGED) == (False, 4)
    assert atom.try_swap(fn=lambda n: None) == (True, None)
    assert heard == [(1, 4), (4, None)]


@pytest.mark.parametrize("name", ["swap", "swap_vals", "try_swap", "read"])
def test_an_atoms_function_that_raises_changes_nothing(name):
    atom = Atom(1)
    heard = []
    atom.add_watch("k", lambda *_: heard.append(1))

    with pytest.raises(Boom):
        getattr(atom, name)(raising)

    assert (atom.deref(), heard) == (1, [])


def test_unchanged_is_an_ordinary_value_everywhere_else():
    ref = AtomicReference(UNCHANGED)

    assert ref.get() is UNCHANGED
    assert ref.set(UNCHANGED) is UNCHANGED
    assert Atom(0).reset(UNCHANGED) is UNCHANGED


def test_the_function_is_called_with_the_value_itself():
    state = {"a": 1}
    ref = AtomicReference(state)
    atom = Atom(state)

    assert ref.update_and_get(lambda value: value) is state
    assert atom.swap(lambda value: value) is state
    assert atom.read(lambda value: value) is state


def test_a_float_is_left_by_unchanged():
    assert AtomicFloat(1.5).try_update(lambda _: UNCHANGED) == (False, 1.5)
