"""Processes that change the same objects side by side lose nothing."""

import pytest

from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import (
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    AtomicReference,
)

from .children import METHODS, together

ROUNDS = 3000
each_method = pytest.mark.parametrize("method", METHODS)


def add(number, rounds):
    for _ in range(rounds):
        number.add_and_get(3)
        number.get_and_decrement()
        number.subtract_and_get(1)


@each_method
@pytest.mark.parametrize(
    "number",
    [
        lambda: AtomicInteger(0),
        lambda: AtomicLong(0),
        lambda: AtomicFloat(0),
        lambda: AtomicNumber("i", 0),
    ],
)
def test_adders_lose_nothing(method, number):
    shared = number()

    together(method, *[(add, shared, ROUNDS)] * 3)

    assert shared.get() == 3 * ROUNDS


def count(atom, who, rounds):
    def one_more(state, who):
        state[who] = state.get(who, 0) + 1
        return state

    for _ in range(rounds):
        atom.swap(one_more, who)


@each_method
def test_swaps_lose_nothing(method):
    atom = Atom({})

    together(method, *[(count, atom, who, ROUNDS // 3) for who in "abc"])

    assert atom.deref() == dict.fromkeys("abc", ROUNDS // 3)


def take(reference, rounds):
    taken = []
    for _ in range(rounds):
        taken.append(reference.get_and_update(lambda n: n + 1))
    return taken


def test_each_old_value_is_returned_to_exactly_one():
    reference = AtomicReference(0)

    lists = together("fork", *[(take, reference, ROUNDS // 3)] * 3)

    assert sorted(sum(lists, [])) == list(range(ROUNDS))
    assert all(each == sorted(each) for each in lists)


def compare_until_won(reference, rounds):
    for _ in range(rounds):
        while True:
            seen = reference.get()
            if reference.compare_and_set(seen, (seen[0] + 1, str(seen[0] + 1))):
                break


def test_of_rivals_that_compare_with_the_same_value_exactly_one_wins():
    reference = AtomicReference((0, "0"))

    together("fork", *[(compare_until_won, reference, ROUNDS // 3)] * 3)

    assert reference.get() == (ROUNDS, str(ROUNDS))


def pass_through(reference, mine, rounds):
    got = []
    for n in range(rounds):
        got.append(reference.get_and_set((mine, n)))
    return got


def test_of_values_that_are_set_each_is_replaced_once():
    reference = AtomicReference(None)

    lists = together("fork", *[(pass_through, reference, who, ROUNDS // 3) for who in "abc"])

    met = [*sum(lists, []), reference.get()]
    assert sorted(each for each in met if each is not None) == [
        (who, n) for who in "abc" for n in range(ROUNDS // 3)
    ]


def reserve(number, rounds):
    return sum(number.try_add(-1, 0, 10**9) is not None for _ in range(rounds))


def test_nobody_passes_a_bound_that_all_keep():
    number = AtomicInteger(ROUNDS)

    taken = together("fork", *[(reserve, number, ROUNDS)] * 3)

    assert sum(taken) == ROUNDS
    assert number.get() == 0


def climb(cell, who, rounds):
    up_and_down = [*range(rounds), *reversed(range(rounds))]
    return sum(cell.set_if_greater(3 * n + who) for n in up_and_down)


@pytest.mark.parametrize("make", [AtomicInteger, AtomicReference, Atom])
def test_of_offered_values_the_greatest_stays(make):
    cell = make(-1)

    won = together("fork", *[(climb, cell, who, ROUNDS // 10) for who in range(3)])

    greatest = 3 * (ROUNDS // 10) - 1
    assert (cell.deref() if make is Atom else cell.get()) == greatest
    assert 1 <= sum(won) <= greatest + 1


def toggle(flag, rounds):
    return sum(flag.get_and_toggle() for _ in range(rounds))


def test_toggles_lose_nothing():
    flag = AtomicBoolean(False)

    ups = together("fork", (toggle, flag, ROUNDS), (toggle, flag, ROUNDS + 1))

    assert flag.get() is True
    assert sum(ups) == ROUNDS


def replace(reference, rounds):
    for n in range(rounds):
        reference.set([n] * (1 + n % 700))


def look(reference, rounds):
    for _ in range(rounds):
        seen = reference.get()
        assert len(set(seen)) == 1
        assert len(seen) == 1 + seen[0] % 700


def test_a_reader_beside_writers_sees_whole_values_only():
    reference = AtomicReference([0])

    together(
        "fork",
        (replace, reference, ROUNDS),
        (replace, reference, ROUNDS),
        (look, reference, ROUNDS),
    )

    look(reference, 1)
