"""Threads that hammer one object: nothing is lost, and every change that is heard was real."""

import random
import sys

import pytest

from atomos.atom import ARef, Atom
from atomos.atomic import AtomicBoolean, AtomicInteger, AtomicNumber, AtomicReference

from .kinds import INTEGERS, NUMBERS
from .misbehaving import Hooked
from .together import together

THREADS = 4
ROUNDS = 10_000


@pytest.fixture(autouse=True)
def threads_switch_often():
    """With the GIL, a thread would otherwise run through before the next one starts."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(work, threads=THREADS):
    """Runs work(index of the thread) in each thread."""
    return together(*(lambda index=index: work(index) for index in range(threads)))


def one_path(pairs, start, end):
    """Whether the (old, new) pairs are the steps of one walk from start to end."""
    following = dict(pairs)
    assert len(following) == len(pairs), "a value was replaced twice"
    here = start
    for _ in pairs:
        here = following.pop(here)
    return here == end and not following


@pytest.mark.parametrize(
    ("make", "start"),
    [*((kind.make, type(kind.one)(0)) for kind in NUMBERS),
     *((make, 2**62 - 1000) for make in (AtomicNumber, *INTEGERS))],
)  # fmt: skip
def test_no_addition_is_lost(make, start):
    number = make(start)

    def work(_):
        nonlocal number
        for _ in range(ROUNDS):
            number.increment_and_get()
            number.add_and_get(2)
            number.get_and_subtract(1)
            number += 1

    in_threads(work)

    assert number.get() == start + 3 * ROUNDS * THREADS


@pytest.mark.parametrize("kind", [AtomicReference, AtomicNumber, *INTEGERS, Atom])
@pytest.mark.parametrize(("name", "sign"), [("set_if_greater", 1), ("set_if_less", -1)])
def test_of_offered_values_the_outermost_stays_and_each_that_was_set_was_farther_out(
    kind, name, sign
):
    cell = kind(0)
    seed = random.getrandbits(32)

    def work(index):
        numbers = random.Random(seed + index)
        offered = [sign * numbers.randrange(1, 2**70) for _ in range(ROUNDS // 10)]
        return offered, [value for value in offered if getattr(cell, name)(value)]

    results = in_threads(work)

    outermost = max((abs(value) for offered, _ in results for value in offered))
    state = cell.deref() if kind is Atom else cell.get()
    assert state == sign * outermost, f"seed {seed}"
    for _, won in results:
        assert [abs(value) for value in won] == sorted({abs(value) for value in won})


def test_no_two_increments_return_the_same():
    number = AtomicInteger()

    results = in_threads(lambda _: [number.increment_and_get() for _ in range(ROUNDS)])

    assert sorted(sum(results, [])) == list(range(1, ROUNDS * THREADS + 1))
    assert all(part == sorted(part) for part in results)


@pytest.mark.parametrize(
    "add",
    [
        lambda ref: ref.update_and_get(lambda n: n + 1),
        lambda ref: ref.get_and_update(lambda n: n + 1),
        lambda ref: ref.accumulate_and_get(1, lambda n, x: n + x),
        lambda ref: ref.try_update(lambda n: n + 1),
    ],
)
@pytest.mark.parametrize("make", [AtomicReference, AtomicNumber, AtomicInteger])
def test_no_update_is_lost(make, add):
    ref = make(0)

    in_threads(lambda _: [add(ref) for _ in range(ROUNDS // 4)])

    assert ref.get() == ROUNDS // 4 * THREADS


def test_a_compare_and_set_loop_loses_nothing():
    ref = AtomicReference(0)

    def work(_):
        for _ in range(ROUNDS // 4):
            while True:
                seen = ref.get()
                if ref.compare_and_set(seen, seen + 1):
                    break

    in_threads(work)

    assert ref.get() == ROUNDS // 4 * THREADS


def test_of_rivals_that_expect_the_same_exactly_one_wins():
    for _ in range(200):
        ref = AtomicReference(None)

        won = in_threads(lambda index: ref.compare_and_set(None, index))  # noqa: B023

        assert sum(won) == 1
        assert ref.get() == won.index(True)


def test_every_value_that_was_set_is_taken_exactly_once():
    ref = AtomicReference(-1)

    def work(index):
        return [ref.get_and_set(index * ROUNDS + n) for n in range(ROUNDS)]

    taken = sum(in_threads(work), [])

    assert sorted([*taken, ref.get()]) == list(range(-1, ROUNDS * THREADS))


def test_toggles_and_in_place_operators_of_a_boolean_are_atomic():
    flag = AtomicBoolean(False)

    def work(_):
        nonlocal flag
        old = [flag.get_and_toggle() for _ in range(ROUNDS)]
        for _ in range(ROUNDS):
            flag ^= True
        return old

    in_threads(work)

    assert flag.get() is False


def test_try_add_gives_away_exactly_what_there_was():
    slots = AtomicInteger(1000)

    taken = in_threads(lambda _: sum(slots.try_add(-1, 0, 1000) is not None for _ in range(ROUNDS)))

    assert sum(taken) == 1000
    assert slots.get() == 0


def test_max_keeps_the_greatest(seed):
    numbers = list(range(ROUNDS * THREADS))
    random.Random(seed).shuffle(numbers)
    number = AtomicInteger()

    in_threads(lambda index: [number.max_and_get(n) for n in numbers[index::THREADS]])

    assert number.get() == ROUNDS * THREADS - 1


CHANGES = {
    "reset": lambda atom, new: atom.reset(new),
    "reset_vals": lambda atom, new: atom.reset_vals(new),
    "swap": lambda atom, new: atom.swap(lambda _: new),
    "swap_vals": lambda atom, new: atom.swap_vals(lambda _: new),
    "mixed": lambda atom, new: (
        atom.reset(new) if new % 2 else atom.compare_and_set(atom.deref(), new)
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_changes_that_are_heard_form_one_path(change):
    atom = Atom(-1)
    pairs = []
    atom.add_watch("k", lambda _key, _ref, old, new: pairs.append((old, new)))

    in_threads(lambda index: [change(atom, index * ROUNDS + n) for n in range(ROUNDS)])

    assert one_path(pairs, -1, atom.deref())


@pytest.mark.parametrize("name", ["reset_vals", "swap_vals"])
def test_the_pairs_that_are_returned_form_one_path(name):
    atom = Atom(-1)

    def work(index):
        values = range(index * ROUNDS, (index + 1) * ROUNDS)
        if name == "reset_vals":
            return [atom.reset_vals(value) for value in values]
        return [atom.swap_vals(lambda _, new: new, value) for value in values]

    pairs = sum(in_threads(work), [])

    assert one_path(pairs, -1, atom.deref())


def test_a_lost_equality_comparison_is_never_reported_falsely():
    """All values are equal, so every comparison has to win, however often it is lost."""
    ref = AtomicReference((0, "x"))

    def work(index):
        return [ref.compare_and_set(tuple([0, "x"]), tuple([0, "x"])) for _ in range(ROUNDS)]

    assert all(sum(in_threads(work), []))


def test_watches_come_and_go_while_changes_are_told():
    atom = Atom(0)

    def work(index):
        for n in range(ROUNDS // 4):
            atom.add_watch((index, n % 3), lambda *_: None)
            atom.swap(lambda value: value + 1)
            atom.get_watches()
            atom.remove_watch((index, (n + 1) % 3))

    in_threads(work)

    assert atom.deref() == ROUNDS // 4 * THREADS
    assert {index for index, _ in atom.get_watches()} == set(range(THREADS))


def test_no_watch_is_lost_to_another_thread_that_adds_one():
    ref = ARef()

    in_threads(lambda index: [ref.add_watch((index, n), print) for n in range(200)])

    assert len(ref.get_watches()) == 200 * THREADS


def test_no_watch_is_lost_where_keys_collide_and_compare_in_python():
    ref = ARef()

    def work(index):
        for n in range(50):
            key = Hooked((index, n), lambda: None)
            key.__class__ = Colliding
            ref.add_watch(key, print)

    class Colliding(Hooked):
        def __hash__(self):
            return 1

    in_threads(work)

    assert len(ref.get_watches()) == 50 * THREADS


@pytest.mark.parametrize("name", ["swap", "swap_vals", "try_swap"])
def test_no_swap_is_lost(name):
    atom = Atom(0)

    in_threads(lambda _: [getattr(atom, name)(lambda n: n + 1) for _ in range(ROUNDS)])

    assert atom.deref() == ROUNDS * THREADS
