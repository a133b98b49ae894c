"""`with atom.watching(fn)`: a watch for a while."""

import pytest

from atomos.atom import ARef, Atom

from .misbehaving import Boom


def test_a_watch_hears_inside_the_block_only():
    atom = Atom(0)
    heard = []

    with atom.watching(lambda _key, _ref, old, new: heard.append((old, new))):
        atom.reset(1)
    atom.reset(2)

    assert heard == [(0, 1)]
    assert atom.get_watches() == {}


def test_the_block_is_given_the_key():
    atom = Atom(0)
    heard = []

    with atom.watching(lambda key, *_: heard.append(key)) as key:
        assert list(atom.get_watches()) == [key]
        atom.reset(1)

    assert heard == [key]


def test_the_key_can_be_chosen_by_position_or_by_keyword():
    atom = Atom(0)

    with atom.watching(print, "mine") as key:
        assert key == "mine"
        assert atom.get_watches() == {"mine": print}
    with atom.watching(fn=print, key=("a", 1)) as key:
        assert key == ("a", 1)
    assert atom.get_watches() == {}


def test_blocks_without_a_key_do_not_replace_each_other():
    atom = Atom(0)
    heard = []

    def watch(_key, _ref, _old, new):
        heard.append(new)

    with atom.watching(watch), atom.watching(watch):
        assert len(atom.get_watches()) == 2
        atom.reset(1)

    assert heard == [1, 1]


def test_the_watch_is_removed_when_the_block_raises():
    atom = Atom(0)

    with pytest.raises(Boom), atom.watching(print):
        raise Boom("block")

    assert atom.get_watches() == {}


def test_a_watch_that_is_gone_already_is_no_error_at_the_end():
    atom = Atom(0)

    with atom.watching(print) as key:
        atom.remove_watch(key)

    assert atom.get_watches() == {}


def test_other_watches_stay():
    ref = ARef()
    ref.add_watch("stays", print)

    with ref.watching(print):
        pass

    assert ref.get_watches() == {"stays": print}
