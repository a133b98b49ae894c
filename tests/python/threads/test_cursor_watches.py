"""Watches of a cursor, and waiting for its part."""

import asyncio
import threading
import time

import pytest

from atomos import Atom, cursor

from .misbehaving import Boom, EqNever
from .together import together


def test_a_watch_hears_when_its_part_has_changed_and_not_when_others_do(state, users):
    heard = []
    users.add_watch("door", lambda *told: heard.append(told))

    state.swap(lambda s: {**s, "jobs": (1,)})
    users.reset(1)
    users.reset(2)
    state.swap(lambda s: {**s, "users": 3})

    assert heard == [("door", users, 1, 2), ("door", users, 2, 3)]


def test_parts_that_are_the_same_object_or_equal_have_not_changed():
    never, heard = EqNever(), []
    atom = Atom({"k": never})
    part = cursor(atom, key="k")
    part.add_watch("k", lambda *told: heard.append(told[2:]))

    atom.swap(dict)
    assert heard == []

    other = EqNever()
    part.reset(other)
    part.reset([1])
    part.reset([1])
    assert heard == [(never, other), (other, [1])]


def test_watches_of_two_cursors_do_not_collide_and_each_removes_its_own(state, users):
    again = cursor(state, key="users")
    heard = []
    users.add_watch("k", lambda *_: heard.append("first"))
    again.add_watch("k", lambda *_: heard.append("second"))
    state.add_watch("k", lambda *_: heard.append("atom"))

    users.reset(2)
    users.remove_watch("k")
    users.remove_watch("k")
    users.reset(3)

    assert heard == ["first", "second", "atom", "second", "atom"]
    assert users.get_watches() == {}
    assert list(again.get_watches()) == ["k"]


def test_the_same_key_replaces_and_the_function_is_shown(users):
    users.add_watch("k", print)
    users.add_watch("k", repr)
    users.add_watch("l", print)

    assert users.get_watches() == {"k": repr, "l": print}


def test_a_watch_lives_in_the_atom_when_nobody_else_has_the_cursor(state):
    heard = []
    cursor(state, key="users").add_watch("k", lambda key, ref, old, new: heard.append(new))

    state.swap(lambda s: {**s, "users": 9})

    assert heard == [9]


def test_what_a_watch_raises_is_raised_by_the_change_which_stands(state, users):
    def watch(*_):
        raise Boom

    users.add_watch("k", watch)

    with pytest.raises(Boom):
        users.reset(5)

    assert state.deref()["users"] == 5


def test_a_watch_is_there_inside_its_block_only(state, users):
    heard = []

    with users.watching(lambda key, ref, old, new: heard.append((key, new)), "mine") as key:
        assert key == "mine"
        users.reset(2)
    users.reset(3)

    assert heard == [("mine", 2)]
    assert state.get_watches() == {}


def test_a_wait_ends_when_the_part_has_changed_and_not_when_others_do(state, users):
    waiting = threading.Event()

    def wait():
        waiting.set()
        return users.wait(1)

    def change():
        waiting.wait()
        for i in range(50):
            state.swap(lambda s, i=i: {**s, "jobs": (i,)})
        users.reset(2)

    assert together(wait, change)[0] == 2


def test_a_wait_that_is_over_returns_none_also_for_a_part_that_is_none(state, users):
    part = cursor(state, key="jobs")
    part.reset(None)

    assert part.wait_for(None, 0) is None
    assert users.wait_for(1, 0.01) is None
    assert users.wait_until(1, deadline=time.monotonic() - 1) is None
    assert users.wait_for(2, seconds=0) == 1
    assert users.wait_until(2, time.monotonic() - 1) == 1


def test_a_time_that_is_no_number_is_a_value_error(users):
    with pytest.raises(ValueError, match="nan"):
        users.wait_for(1, float("nan"))


def test_the_next_part_can_be_awaited(state, users):
    async def follow():
        change = users.changed()
        state.swap(lambda s: {**s, "jobs": (1,)})
        threading.Thread(target=users.swap, args=(lambda n: n + 1,)).start()
        return await asyncio.wait_for(change, 60)

    assert asyncio.run(follow()) == 2
    assert state.get_watches() == {}
