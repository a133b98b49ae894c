"""Processes are killed at any moment: the others go on, nothing is lost and nothing is torn.

Each child acknowledges an operation after it by a store of its own, so of every killed child
at most one operation, which was in flight, stands beyond what it acknowledged.
"""

import mmap
import os
import time

import pytest

from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import AtomicLong, AtomicReference

from .children import SOAK, forked, killed

KILLS = 60
AT_ONCE = 3


PLACES = 100_000


def acknowledgements():
    """How many operations each child has finished: shared words, each written by one store."""
    return memoryview(mmap.mmap(-1, 8 * PLACES)).cast("q")


def spin_until(child, acknowledged, place, least):
    """Waits until a child has done enough; it has to be alive, and to go on."""
    while acknowledged[place] < least:
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "a child ended by itself"
        time.sleep(0)


def massacre(rng, operation, kills=KILLS):
    """Lets children loop over `operation(place, n)`, and kills and replaces one after another.

    Gives what each of them acknowledged. Those that live prove after every kill that they go on.
    """
    end = time.monotonic() + SOAK
    acknowledged = acknowledgements()
    places = 0

    def begin():
        nonlocal places
        place, places = places, places + 1

        def loop():
            n = 0
            while True:
                operation(place, n)
                n += 1
                acknowledged[place] = n

        return forked(loop), place

    living = [begin() for _ in range(AT_ONCE)]
    done = 0
    while done < kills or (time.monotonic() < end and places < PLACES - AT_ONCE):
        victim = living.pop(rng.randrange(len(living)))
        spin_until(victim[0], acknowledged, victim[1], rng.choice([0, 1, rng.randrange(200)]))
        for _ in range(rng.randrange(3000)):
            pass
        killed(victim[0])
        done += 1
        for pid, place in living:
            spin_until(pid, acknowledged, place, acknowledged[place] + 1)
        living.append(begin())
    for pid, _ in living:
        killed(pid)
    return [acknowledged[place] for place in range(places)]


def test_acknowledged_additions_are_never_lost(rng):
    number = AtomicLong(0)

    done = massacre(rng, lambda place, n: number.add_and_get(1))

    assert sum(done) <= number.get() <= sum(done) + len(done)


def test_acknowledged_swaps_are_never_lost(rng):
    atom = Atom({})

    def one_more(state, place):
        state[place] = state.get(place, 0) + 1
        return state

    done = massacre(rng, lambda place, n: atom.swap(one_more, place))

    state = atom.deref()
    for place, finished in enumerate(done):
        assert finished <= state.get(place, 0) <= finished + 1


def test_acknowledged_comparisons_are_never_lost(rng):
    reference = AtomicReference(0)

    def compare_until_won(place, n):
        while True:
            seen = reference.get()
            if reference.compare_and_set(seen, seen + 1):
                return

    done = massacre(rng, compare_until_won)

    assert sum(done) <= reference.get() <= sum(done) + len(done)


def whole(value):
    who, n, text = value
    return text == f"{who} {n} " * (1 + n % 300)


@pytest.mark.parametrize("kind", [AtomicReference, Atom])
def test_values_that_killed_processes_were_setting_are_never_torn(rng, kind):
    shared = kind((0, 0, "0 0 "))
    get, put = (shared.deref, shared.reset) if kind is Atom else (shared.get, shared.set)

    def put_and_look(place, n):
        put((place, n, f"{place} {n} " * (1 + n % 300)))
        if not whole(get()):
            os._exit(1)

    done = massacre(rng, put_and_look)

    who, n, _ = get()
    assert whole(get())
    assert done[who] - 1 <= n <= done[who] or who == 0


def test_dead_writers_of_big_values_leave_the_space_to_the_living(rng):
    reference = AtomicReference(b"")

    def grow(place, n):
        reference.set(bytes([n % 256]) * (40_000 + 1000 * (n % 60)))

    massacre(rng, grow, KILLS // 2)

    value = reference.get()
    assert len(set(value)) <= 1
    reference.set("the space is not used up")
    assert reference.get() == "the space is not used up"


def test_who_waits_for_a_killed_process_is_woken_by_the_next(rng):
    number = AtomicLong(0)

    for turn in range(KILLS // 3):
        waiting = forked(lambda turn=turn: number.wait(turn))
        killed(forked(lambda turn=turn: number.wait(turn)))
        other = forked(lambda turn=turn: number.wait(turn))
        if rng.random() < 0.5:
            killed(other)
            other = None
        number.increment_and_get()
        for pid in (waiting, other):
            assert pid is None or os.waitpid(pid, 0)[1] == 0


def test_processes_killed_while_they_make_objects_block_nobody(rng):
    def make(place, n):
        made = [AtomicLong(n), AtomicReference([n]), Atom(n)]
        assert (made[0].get(), made[1].get(), made[2].deref()) == (n, [n], n)

    massacre(rng, make, KILLS // 2)

    assert AtomicReference(["made after them"]).get() == ["made after them"]
