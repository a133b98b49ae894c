"""wait, wait_for, wait_until, and `await atom.changed()`."""

import asyncio
import gc
import math
import threading
import time
import weakref

import pytest

from atomos.atom import Atom
from atomos.atomic import AtomicReference

from .kinds import KINDS, TYPED
from .together import on_another_thread, together

by_kind = pytest.mark.parametrize("kind", KINDS, ids=str)
HOLDERS = [
    pytest.param(AtomicReference, AtomicReference.set, id="AtomicReference"),
    pytest.param(Atom, Atom.reset, id="Atom"),
]
by_holder = pytest.mark.parametrize(("make", "put"), HOLDERS)


@by_kind
def test_what_is_another_value_already_is_returned_at_once(kind):
    ref = kind.make(kind.one)

    assert ref.wait(kind.other) == kind.one
    assert ref.wait(old=kind.other) == kind.one
    assert ref.wait_for(kind.other, 1e6) == kind.one
    assert ref.wait_for(old=kind.other, seconds=math.inf) == kind.one
    assert ref.wait_until(kind.other, time.monotonic() + 1e6) == kind.one
    assert ref.wait_until(old=kind.other, deadline=-math.inf) == kind.one


@by_kind
@pytest.mark.parametrize("seconds", [0, 0.0, 0.01, -1, -1e300])
def test_none_is_returned_where_nothing_changed_in_time(kind, seconds):
    ref = kind.make(kind.one)
    old = ref.get()

    assert ref.wait_for(old, seconds) is None
    assert ref.wait_until(old, time.monotonic() + seconds) is None


@by_kind
def test_it_does_not_give_up_early(kind):
    ref = kind.make(kind.one)
    begin = time.monotonic()

    ref.wait_for(ref.get(), 0.05)

    assert time.monotonic() - begin >= 0.05


@by_kind
@pytest.mark.parametrize("wait", ["wait", "wait_for", "wait_until"])
def test_whoever_waits_is_woken_by_the_writer_alone(kind, wait):
    ref = kind.make(kind.one)
    old = ref.get()
    limit = {"wait": (), "wait_for": (1e6,), "wait_until": (time.monotonic() + 1e6,)}[wait]

    woken, *_ = together(lambda: getattr(ref, wait)(old, *limit), lambda: ref.set(kind.other))

    assert woken == kind.other


WRITES = {
    "set": lambda ref, new: ref.set(new),
    "get_and_set": lambda ref, new: ref.get_and_set(new),
    "compare_and_set": lambda ref, new: ref.compare_and_set(ref.get(), new),
    "compare_and_exchange": lambda ref, new: ref.compare_and_exchange(ref.get(), new),
    "update_and_get": lambda ref, new: ref.update_and_get(lambda _: new),
    "try_update": lambda ref, new: ref.try_update(lambda _: new),
    "_value": lambda ref, new: setattr(ref, "_value", new),
}


@by_kind
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_write_wakes_all_that_wait(kind, write):
    ref = kind.make(kind.one)
    old = ref.get()
    wait = lambda: ref.wait(old)  # noqa: E731

    *woken, _ = together(wait, wait, wait, lambda: write(ref, kind.other))

    assert woken == [kind.other] * 3


def test_every_addition_wakes():
    for name in ("add_and_get", "get_and_subtract", "max_and_get", "bitwise_xor_and_get"):
        number = TYPED[1].make(2**80)
        old = number.get()
        delta = 2**81 if name != "get_and_subtract" else 1

        woken, _ = together(
            lambda number=number, old=old: number.wait(old),
            lambda number=number, name=name, delta=delta: getattr(number, name)(delta),
        )

        assert woken == number.get() != old


def test_many_hand_overs_lose_no_wake():
    ball = TYPED[1].make(0)
    rounds = 3000

    def player(mine):
        for n in range(mine, rounds, 2):
            seen = ball.get()
            while seen != n:
                seen = ball.wait(seen)
            ball.set(n + 1)

    together(lambda: player(0), lambda: player(1))

    assert ball.get() == rounds


@by_holder
def test_an_equal_object_that_is_another_one_ends_the_wait(make, put):
    old, new = [1], [1]
    holder = make(old)

    assert holder.wait_for([1], 0) is old
    assert holder.wait_for(old, 0) is None
    woken, _ = together(lambda: holder.wait(old), lambda: put(holder, new))

    assert woken is new


@pytest.mark.parametrize("kind", TYPED, ids=str)
def test_an_equal_number_does_not_end_the_wait(kind):
    ref = kind.make(kind.one)

    ref.set(type(kind.one)(kind.one))

    assert ref.wait_for(kind.one, 0) is None


def test_the_atoms_own_ways_wake_too():
    for change in (
        lambda atom: atom.swap(lambda n: n + 1),
        lambda atom: atom.swap_vals(lambda n: n + 1),
        lambda atom: atom.try_swap(lambda n: n + 1),
        lambda atom: atom.reset_vals(1),
        lambda atom: atom.compare_and_set(0, 1),
    ):
        atom = Atom(0)
        woken, _ = together(lambda atom=atom: atom.wait(0), lambda atom=atom, c=change: c(atom))
        assert woken == 1


@by_kind
def test_notifying_without_a_change_returns_none_and_wakes_nobody_for_good(kind):
    ref = kind.make(kind.one)
    old = ref.get()

    woken, _ = together(
        lambda: ref.wait_for(old, 0.02),
        lambda: [(ref.notify_one(), ref.notify_all()) for _ in range(100)],
    )

    assert woken is None
    assert ref.notify_one() is None
    assert ref.notify_all() is None


@by_kind
@pytest.mark.parametrize("wrong", ["soon", None, []])
def test_a_time_that_is_no_number_is_a_type_error(kind, wrong):
    ref = kind.make(kind.one)

    with pytest.raises(TypeError):
        ref.wait_for(ref.get(), wrong)
    with pytest.raises(TypeError):
        ref.wait_until(ref.get(), wrong)


def test_a_time_that_is_not_a_number_is_a_value_error():
    ref = AtomicReference(1)

    with pytest.raises(ValueError):  # noqa: PT011
        ref.wait_for(1, math.nan)


def test_others_run_while_one_waits():
    ref = AtomicReference(None)
    waiter = threading.Thread(target=lambda: ref.wait(None), daemon=True)
    waiter.start()

    assert on_another_thread(lambda: sum(range(1000))) == 499500

    ref.set("done")
    waiter.join()


def test_changed_gives_the_new_value_of_the_next_change():
    async def main():
        atom = Atom(0)
        atom.reset(1)
        soon = asyncio.ensure_future(wrap(atom.changed()))
        await asyncio.sleep(0)
        atom.reset(2)
        atom.reset(3)
        return await soon, atom.get_watches()

    async def wrap(awaitable):
        return await awaitable

    assert asyncio.run(main()) == (2, {})


def test_changed_hears_a_change_of_another_thread():
    async def main():
        atom = Atom(0)
        change = atom.changed()
        threading.Thread(target=lambda: atom.swap(lambda n: n + 1)).start()
        return await change

    assert asyncio.run(main()) == 1


def test_a_cancelled_wait_for_a_change_leaves_nothing_behind():
    async def main():
        atom = Atom(0)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(atom.changed(), 0.01)
        await asyncio.sleep(0)
        atom.reset(1)
        return atom.get_watches()

    assert asyncio.run(main()) == {}


def test_a_change_after_the_loop_has_ended_is_no_error():
    async def main():
        waiting.append(atom.changed())

    atom = Atom(0)
    waiting = []
    asyncio.run(main())

    assert atom.reset(1) == 1


def test_waiting_for_a_change_keeps_no_atom_alive():
    async def main():
        atom = Atom(0)
        seen = weakref.ref(atom)
        change = atom.changed()
        del atom
        gc.collect()
        return change, seen()

    assert asyncio.run(main())[1] is None
