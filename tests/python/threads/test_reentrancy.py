"""Destructors, hashes, equalities and mutators that use the very object that calls them."""

import gc

import pytest

from atomos.atom import ARef, Atom
from atomos.atomic import AtomicInteger, AtomicNumber, AtomicReference

from .kinds import INTEGERS
from .misbehaving import Boom, Dying, Hooked, once, raising
from .together import on_another_thread

PUTS = {
    "set": (AtomicReference, lambda holder: holder.set(1)),
    "get_and_set": (AtomicReference, lambda holder: holder.get_and_set(1) and None),
    "compare_and_set": (AtomicReference, lambda holder: holder.compare_and_set(holder.get(), 1)),
    "compare_and_exchange": (
        AtomicReference,
        lambda holder: holder.compare_and_exchange(holder.get(), 1),
    ),
    "update_and_get": (AtomicReference, lambda holder: holder.update_and_get(lambda _: 1)),
    "get_and_update": (AtomicReference, lambda holder: holder.get_and_update(lambda _: 1) and None),
    "try_update": (AtomicReference, lambda holder: holder.try_update(lambda _: 1)),
    "_value": (AtomicReference, lambda holder: setattr(holder, "_value", 1)),
    "number.set": (AtomicNumber, lambda holder: holder.set(1)),
    "reset": (Atom, lambda holder: holder.reset(1)),
    "reset_vals": (Atom, lambda holder: holder.reset_vals(1) and None),
    "swap": (Atom, lambda holder: holder.swap(lambda _: 1)),
    "atom.compare_and_set": (Atom, lambda holder: holder.compare_and_set(holder.deref(), 1)),
}


@pytest.mark.parametrize(("make", "put"), PUTS.values(), ids=PUTS)
def test_a_destructor_may_use_and_replace_what_held_the_value(make, put):
    def use():
        look = holder.deref if make is Atom else holder.get
        change = holder.reset if make is Atom else holder.set
        seen.append(look())
        change(2)
        on_another_thread(lambda: change(3))

    seen = []
    holder = make(None)
    (holder.reset if make is Atom else holder.set)(Dying(use))

    put(holder)
    gc.collect()

    assert seen == [1]
    assert (holder.deref() if make is Atom else holder.get()) == 3


@pytest.mark.parametrize("make", [AtomicReference, AtomicNumber, Atom])
def test_a_value_dies_with_its_holder_and_with_nothing_locked(make):
    deaths = []
    other = make(None)
    holder = make(Dying(lambda: deaths.append(other)))

    del holder
    gc.collect()

    assert deaths == [other]


@pytest.mark.parametrize("make", [AtomicReference, Atom])
def test_a_long_chain_of_values_that_hold_each_other_is_let_go(make):
    holder = None
    for _ in range(100_000):
        holder = make(holder)

    del holder
    gc.collect()


@pytest.mark.parametrize("member", ["add_watch", "remove_watch"])
def test_a_key_may_use_the_watch_list_from_its_hash_and_equality(member):
    def use():
        ref.add_watch("inner", print)
        ref.remove_watch("inner")
        ref.get_watches()
        ref.notify_watches(1, 2)

    ref = ARef()
    ref.add_watch(Hooked("tag", lambda: None), lambda *_: None)
    key = Hooked("tag", once(use))

    if member == "add_watch":
        ref.add_watch(key, print)
    else:
        ref.remove_watch(key)

    assert len(ref.get_watches()) == (1 if member == "add_watch" else 0)


def test_an_equality_of_keys_that_adds_watches_loses_none():
    ref = ARef()
    added = iter(range(100))

    def add():
        number = next(added, None)
        if number is not None:
            ref.add_watch(number, print)

    for _ in range(5):
        ref.add_watch(Hooked("same", add), print)

    watches = ref.get_watches()
    numbers = [key for key in watches if isinstance(key, int)]
    assert len(numbers) == len(set(numbers)) == 100 - len(list(added))
    assert len([key for key in watches if isinstance(key, Hooked)]) == 1


def test_a_hash_that_raises_passes_and_the_list_stays():
    class Key:
        def __hash__(self):
            raise Boom("hash")

    ref = ARef()
    ref.add_watch("k", print)

    for call in (lambda: ref.add_watch(Key(), print), lambda: ref.remove_watch(Key())):
        with pytest.raises(Boom):
            call()
    assert ref.get_watches() == {"k": print}


def test_an_equality_of_keys_that_raises_passes_and_the_list_stays():
    ref = ARef()
    first = Hooked("same", lambda: None)
    ref.add_watch(first, print)
    second = Hooked("same", lambda: None)
    second.hook = once(lambda: None)
    first.hook = raising

    with pytest.raises(Boom):
        ref.add_watch(second, repr)

    first.hook = lambda: None
    assert list(ref.get_watches().values()) == [print]


def test_the_destructor_of_a_watch_or_key_may_use_the_watch_list():
    class DyingWatch(Dying):
        def __call__(self, *_):
            pass

    def use():
        uses.append(len(ref.get_watches()))
        ref.add_watch("from the destructor", print)

    uses = []
    ref = ARef()
    ref.add_watch("k", DyingWatch(use))
    ref.add_watch("k", print)
    gc.collect()
    assert uses == [1]

    ref.add_watch(Dying(use), print)
    for key in ref.get_watches():
        if isinstance(key, Dying):
            ref.remove_watch(key)
    del key
    gc.collect()
    assert uses == [1, 2]
    assert set(ref.get_watches()) == {"k", "from the destructor"}


def test_a_mutator_may_read_reset_and_swap_the_same_atom():
    atom = Atom(0)
    calls = []

    def mutator(value):
        calls.append(value)
        if len(calls) == 1:
            assert atom.deref() == 0
            atom.swap(lambda n: n + 10)
            atom.reset(100)
        return value + 1

    assert atom.swap(mutator) == 101
    assert calls == [0, 100]


@pytest.mark.parametrize("make", [AtomicReference, AtomicNumber, *INTEGERS])
def test_an_update_may_read_and_set_what_it_updates(make):
    ref = make(0)
    calls = []

    def update(value):
        calls.append(value)
        if len(calls) == 1:
            ref.set(100)
        return value + 1

    assert ref.update_and_get(update) == 101
    assert calls == [0, 100]


def test_a_mutator_that_changes_the_state_in_place_and_returns_it_works():
    state = {"clients": set(), "count": 0}
    atom = Atom(state)
    heard = []
    atom.add_watch("k", lambda _key, _ref, old, new: heard.append(old is new))

    def add(current, client):
        current["clients"].add(client)
        current["count"] += 1
        return current

    assert atom.swap(add, "foo") is state
    assert state == {"clients": {"foo"}, "count": 1}
    assert heard == [True]


def test_the_addition_of_an_integers_delta_may_use_the_integer():
    class Delta:
        def __radd__(self, value):
            calls.append(value)
            if len(calls) == 1:
                number.add_and_get(10)
            return value + 1

    calls = []
    number = AtomicInteger(0)

    assert number.add_and_get(Delta()) == 11
    assert calls == [0, 10]
