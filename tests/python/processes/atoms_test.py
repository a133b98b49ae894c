"""The Atom of the process scope does what the thread Atom does, with fresh copies."""

import pytest

import atomos
import atomos.atom
from atomos.multiprocessing.atom import Atom

from .values import Boom, boom


def test_it_is_an_atom_and_generic():
    assert issubclass(Atom, atomos.atom.Atom)
    assert isinstance(Atom[dict]({}), atomos.atom.ARef)


def test_swap_and_reset_return_the_new_value_and_vals_both():
    atom = Atom({"n": 1})

    assert atom.swap(lambda s, by, *, times: {"n": s["n"] + by * times}, 2, times=3) == {"n": 7}
    assert atom.swap_vals(lambda s: {}) == ({"n": 7}, {})
    assert atom.reset([1]) == [1]
    assert atom.reset_vals([2]) == ([1], [2])
    assert atom.compare_and_set([2], [3])
    assert not atom.compare_and_set(oldval=[2], newval=[4])
    assert atom.compare_and_exchange([3], [4]) == (True, [4])
    assert atom.try_swap(lambda s: atomos.UNCHANGED) == (False, [4])
    assert atom.try_swap(lambda s, x: [x], 5) == (True, [5])
    assert atom.read(len) == 1


def test_fn_is_a_keyword_of_swap():
    assert Atom(1).swap(fn=lambda n: n + 1) == 2


def test_every_deref_is_a_fresh_copy():
    atom = Atom({"list": []})

    atom.deref()["list"].append("lost")

    assert atom.deref() == {"list": []}
    assert atom.deref() is not atom.deref()


def test_a_mutator_that_changes_its_copy_in_place_and_returns_it_is_one_change():
    """Repaired: in 0.3.1 this loop never ended."""
    atom = Atom({"n": 0})

    def count(state):
        state["n"] += 1
        return state

    assert atom.swap(count) == {"n": 1}
    assert atom.swap_vals(count)[1] == {"n": 2}
    assert atom.deref() == {"n": 2}


def test_a_watch_hears_each_committed_change_once_by_position():
    atom = Atom(0)
    calls = []
    atom.add_watch("key", lambda *call: calls.append(call))

    atom.reset(1)
    atom.swap(lambda n: n + 1)
    atom.compare_and_set(5, 6)
    atom.compare_and_set(2, 2)
    with pytest.raises(Boom):
        atom.swap(boom)

    assert calls == [("key", atom, 0, 1), ("key", atom, 1, 2), ("key", atom, 2, 2)]
    assert all(ref is atom for _, ref, _, _ in calls)


def test_what_a_watch_does_to_its_values_changes_nothing():
    atom = Atom([0])
    heard = []
    atom.add_watch("spoiler", lambda key, ref, old, new: (old.append("x"), new.append("x")))
    atom.add_watch("listener", lambda key, ref, old, new: heard.append(ref.deref()))

    atom.reset([1])

    assert heard == [[1]]
    assert atom.deref() == [1]


def test_all_watches_run_when_some_raise():
    """Repaired: the first exception kept the others from running."""
    atom = Atom(0)
    calls = []
    atom.add_watch("a", lambda *_: boom("a"))
    atom.add_watch("b", lambda *_: calls.append("b"))

    with pytest.raises(Boom, match="a"):
        atom.reset(1)
    atom.add_watch("c", lambda *_: boom("c"))
    with pytest.raises(Exception) as several:
        atom.reset(2)

    assert calls == ["b", "b"]
    assert atom.deref() == 2
    errors = getattr(several.value, "exceptions", None) or several.value.watch_errors
    assert [str(error) for error in errors][-1] == "c"


def test_a_watch_that_swaps_the_same_atom_nests():
    atom = Atom(0)
    heard = []

    def watch(key, ref, old, new):
        if new == 1:
            ref.swap(lambda n: n + 10)
        heard.append((old, new))

    atom.add_watch("w", watch)

    assert atom.reset(1) == 1
    assert heard == [(1, 11), (0, 1)]


def test_a_watch_is_there_inside_of_watching_only():
    atom = Atom(0)
    heard = []

    with atom.watching(lambda key, ref, old, new: heard.append(new)) as key:
        assert key in atom.get_watches()
        atom.reset(1)
    atom.reset(2)

    assert heard == [1]
    assert atom.get_watches() == {}


def test_a_refused_value_changes_nothing_and_tells_why():
    atom = Atom(1)
    atom.set_validator(lambda n: n > 0 or boom("negative"))
    told = []
    atom.add_watch("w", lambda *call: told.append(call))

    with pytest.raises(atomos.ValidationError) as refused:
        atom.reset(-1)
    with pytest.raises(atomos.ValidationError):
        atom.compare_and_set("another", -1)
    with pytest.raises(atomos.ValidationError):
        atom.set_validator(lambda n: n > 5)

    assert isinstance(refused.value.__cause__, Boom)
    assert isinstance(refused.value, ValueError)
    assert (atom.deref(), told) == (1, [])
    assert atom.get_validator()(1)


def test_each_change_has_a_version_of_its_own():
    atom = Atom("a")
    first = atom.version()

    atom.reset("a")
    second = atom.version()
    atom.compare_and_set("b", "c")

    assert first < second == atom.version()
    assert Atom("new").version() == first


def test_an_atom_without_attributes_of_its_own_is_one_too():
    class Slotted(Atom):
        __slots__ = ()

    atom = Slotted([1])

    assert atom.swap(lambda s: [*s, 2]) == [1, 2]
