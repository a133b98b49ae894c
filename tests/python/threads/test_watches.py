"""Watches: who is called, with what, in which order, and when not."""

import gc
import weakref

import pytest

from atomos.atom import ARef, Atom


def heard_by(atom, key="k"):
    """Adds a watch that keeps the (old, new) pairs it hears."""
    heard = []
    atom.add_watch(key, lambda _key, _ref, old, new: heard.append((old, new)))
    return heard


def test_watches_work_on_this_python():
    atom = Atom(1)
    heard = heard_by(atom)

    atom.reset(2)

    assert heard == [(1, 2)]


def test_a_watch_is_called_by_position_with_key_ref_old_and_new():
    heard = []

    def watch(*args, **kwargs):
        heard.append((args, kwargs))

    atom = Atom(1)
    atom.add_watch("k", watch)
    atom.swap(lambda n: n + 1)

    assert heard == [(("k", atom, 1, 2), {})]


def test_every_way_of_changing_is_heard_with_what_it_replaced():
    atom = Atom(0)
    heard = heard_by(atom)

    atom.swap(lambda n: n + 1)
    atom.reset(2)
    atom.compare_and_set(2, 3)
    atom.swap_vals(lambda n: n + 1)
    atom.reset_vals(5)
    atom.try_swap(lambda n: n + 1)
    atom.compare_and_exchange(6, 7)

    assert heard == [(n, n + 1) for n in range(7)]


def test_a_watch_finds_the_change_committed():
    atom = Atom(1)
    seen = []
    atom.add_watch("k", lambda *_: seen.append(atom.deref()))

    atom.reset(2)
    atom.swap(lambda n: n + 1)

    assert seen == [2, 3]


def test_a_watch_hears_a_change_to_an_equal_or_identical_value():
    state = [1]
    atom = Atom(state)
    heard = heard_by(atom)

    atom.reset(state)
    atom.swap(lambda s: s)
    atom.compare_and_set([1], [1])

    assert len(heard) == 3
    assert all(old == new == [1] for old, new in heard)


def test_a_watch_does_not_hear_a_failed_comparison():
    atom = Atom(1)
    heard = heard_by(atom)

    atom.compare_and_set(2, 3)

    assert heard == []


def test_a_watch_hears_nothing_of_a_mutator_that_raises():
    atom = Atom(1)
    heard = heard_by(atom)

    with pytest.raises(ZeroDivisionError):
        atom.swap(lambda n: n / 0)

    assert (heard, atom.deref()) == ([], 1)


def test_watches_run_in_order_of_insertion_and_a_key_added_again_keeps_its_place():
    atom = Atom(0)
    calls = []
    for name in "abc":
        atom.add_watch(name, lambda key, *_: calls.append(key))

    atom.add_watch("a", lambda key, *_: calls.append(key + "2"))
    atom.reset(1)
    atom.remove_watch("b")
    atom.add_watch("b", lambda key, *_: calls.append(key + "2"))
    atom.reset(2)

    assert calls == ["a2", "b", "c", "a2", "c", "b2"]
    assert list(atom.get_watches()) == ["a", "c", "b"]


def test_what_cannot_be_called_is_kept_and_skipped():
    atom = Atom(0)
    atom.add_watch("number", 42)
    heard = heard_by(atom)
    atom.add_watch("none", None)

    atom.reset(1)

    assert heard == [(0, 1)]
    assert atom.get_watches()["number"] == 42
    assert atom.get_watches()["none"] is None


@pytest.mark.parametrize("key", [None, 0, "", (), ("a", 1), frozenset([1]), object(), 1.5, print])
def test_keys_are_any_hashables(key):
    atom = Atom(0)
    heard = []
    atom.add_watch(key, lambda *args: heard.append(args))

    atom.reset(1)
    atom.remove_watch(key)
    atom.reset(2)

    assert heard == [(key, atom, 0, 1)]


def test_equal_keys_are_one_key():
    atom = Atom(0)
    first, second = [], []
    atom.add_watch(1, lambda *_: first.append(1))
    atom.add_watch(1.0, lambda *_: second.append(1))

    atom.reset(1)

    assert (first, second) == ([], [1])
    assert len(atom.get_watches()) == 1


def test_an_unhashable_key_is_a_type_error():
    atom = Atom(0)
    heard = heard_by(atom)

    with pytest.raises(TypeError):
        atom.add_watch([], print)
    atom.reset(1)

    assert heard == [(0, 1)]


def test_removing_a_missing_key_is_silent():
    ref = ARef()

    ref.remove_watch("missing")

    assert ref.get_watches() == {}


def test_get_watches_is_a_copy():
    atom = Atom(0)
    heard = heard_by(atom)

    atom.get_watches().clear()
    atom.get_watches()["other"] = print
    atom.reset(1)

    assert heard == [(0, 1)]
    assert list(atom.get_watches()) == ["k"]


def test_a_watch_that_was_removed_during_a_round_is_not_called_any_more():
    atom = Atom(0)
    calls = []

    def first(*_):
        calls.append("first")
        atom.remove_watch("second")

    atom.add_watch("first", first)
    atom.add_watch("second", lambda *_: calls.append("second"))
    atom.reset(1)

    assert calls == ["first"]


def test_a_watch_that_removes_itself_is_called_once_and_the_others_still():
    atom = Atom(0)
    calls = []

    def once(key, ref, *_):
        calls.append(key)
        ref.remove_watch(key)

    atom.add_watch("once", once)
    atom.add_watch("always", lambda key, *_: calls.append(key))
    atom.reset(1)
    atom.reset(2)

    assert calls == ["once", "always", "always"]


def test_a_watch_that_was_added_during_a_round_hears_from_the_next_change_on():
    atom = Atom(0)
    heard = []

    def adds(*_):
        atom.remove_watch("adds")
        atom.add_watch("late", lambda _key, _ref, old, new: heard.append((old, new)))

    atom.add_watch("adds", adds)
    atom.reset(1)
    atom.reset(2)

    assert heard == [(1, 2)]


def test_a_watch_that_was_replaced_during_a_round_is_not_called_any_more():
    atom = Atom(0)
    calls = []

    def first(*_):
        atom.add_watch("second", lambda _key, _ref, old, _new: calls.append(("new", old)))

    atom.add_watch("first", first)
    atom.add_watch("second", lambda _key, _ref, old, _new: calls.append(("old", old)))
    atom.reset(1)
    assert calls == []

    atom.remove_watch("first")
    atom.reset(2)
    assert calls == [("new", 1)]


def test_a_watch_that_swaps_the_same_atom_nests_its_round_inside():
    atom = Atom(0)
    calls = []

    def up_to_three(_key, ref, old, new):
        calls.append(("first", old, new))
        if new < 3:
            ref.swap(lambda n: n + 1)

    atom.add_watch("first", up_to_three)
    atom.add_watch("second", lambda _key, _ref, old, new: calls.append(("second", old, new)))

    assert atom.reset(1) == 1
    assert atom.deref() == 3
    assert calls == [
        ("first", 0, 1), ("first", 1, 2), ("first", 2, 3),
        ("second", 2, 3), ("second", 1, 2), ("second", 0, 1),
    ]  # fmt: skip


def test_notify_watches_tells_whatever_it_is_given():
    atom = Atom(0)
    heard = heard_by(atom)

    atom.notify_watches("old", "new")

    assert (heard, atom.deref()) == ([("old", "new")], 0)


def test_removed_and_replaced_functions_and_keys_are_let_go():
    class Watch:
        def __call__(self, *_):
            pass

    atom = Atom(0)
    key, replaced, removed = Watch(), Watch(), Watch()
    seen = [weakref.ref(thing) for thing in (key, replaced, removed)]
    atom.add_watch(key, replaced)
    atom.add_watch(key, removed)
    atom.reset(1)
    atom.remove_watch(key)

    del key, replaced, removed
    gc.collect()

    assert [ref() for ref in seen] == [None, None, None]
