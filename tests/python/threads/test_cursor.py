"""cursor(): a part of an atom's state, used as an atom."""

import sys

import pytest

from atomos import UNCHANGED, Atom, ValidationError, cursor

from .misbehaving import Boom, EqRaises
from .together import together


def one_more(n, by=1, *, times=1):
    return n + by * times


def test_changes_of_the_part_are_changes_of_the_whole_that_leave_other_parts(state, users):
    jobs = state.deref()["jobs"]

    assert users.deref() == 1
    assert users.read(str) == "1"
    assert users.swap(one_more) == 2
    assert users.swap(one_more, 2, times=3) == 8
    assert users.swap_vals(fn=one_more, by=1) == (8, 9)
    assert users.reset(20) == 20
    assert users.reset_vals(newval=21) == (20, 21)
    assert state.deref() == {"users": 21, "jobs": ()}
    assert state.deref()["jobs"] is jobs


def test_a_state_that_somebody_holds_is_not_changed(state, users):
    before = state.deref()

    users.reset(5)

    assert before == {"users": 1, "jobs": ()}


def test_a_function_may_decline(state, users):
    before = state.deref()

    assert users.try_swap(lambda n: UNCHANGED) == (False, 1)
    assert state.deref() is before
    assert users.try_swap(one_more, by=2) == (True, 3)


def test_the_part_alone_is_compared(state, users):
    assert users.compare_and_set(2, 5) is False
    assert users.compare_and_exchange(2, 5) == (False, 1)
    state.swap(lambda s: {**s, "jobs": (1,)})
    assert users.compare_and_set(oldval=1.0, newval=5) is True
    assert users.compare_and_exchange(5, 6) == (True, 6)
    assert state.deref() == {"users": 6, "jobs": (1,)}


def test_a_part_that_raises_when_compared_matches_itself_and_otherwise_nothing_changes():
    value = EqRaises()
    atom = Atom({"k": value})
    part = cursor(atom, key="k")

    with pytest.raises(Boom):
        part.compare_and_set("other", "new")
    assert atom.deref()["k"] is value
    assert part.compare_and_set(value, "new") is True


def test_the_wholes_validator_and_watches_are_asked_and_told(state, users):
    heard = []
    state.set_validator(lambda s: s["users"] < 3)
    state.add_watch("all", lambda key, ref, old, new: heard.append((ref, old, new)))

    users.swap(one_more)
    with pytest.raises(ValidationError):
        users.swap(one_more)

    assert heard == [(state, {"users": 1, "jobs": ()}, {"users": 2, "jobs": ()})]
    assert users.deref() == 2


def test_a_function_runs_again_when_another_part_has_changed(state, users):
    seen = []

    def slow(n):
        seen.append(n)
        if len(seen) == 1:
            state.swap(lambda s: {**s, "jobs": (1,)})
        return n + 1

    assert users.swap_vals(slow) == (1, 2)
    assert seen == [1, 1]
    assert state.deref() == {"users": 2, "jobs": (1,)}


def test_what_a_function_raises_changes_nothing(state, users):
    before = state.deref()

    with pytest.raises(ZeroDivisionError):
        users.swap(lambda n: n / 0)

    assert state.deref() is before


def test_a_cursor_of_a_cursor_is_a_part_of_the_part():
    atom = Atom({"a": {"b": [1, 2]}})
    inner = cursor(cursor(cursor(atom, key="a"), key="b"), key=0)
    heard = []
    inner.add_watch("k", lambda key, ref, old, new: heard.append((key, ref, old, new)))

    inner.swap(one_more)
    atom.swap(lambda s: {**s, "c": 1})

    assert atom.deref() == {"a": {"b": [2, 2]}, "c": 1}
    assert heard == [("k", inner, 1, 2)]
    inner.remove_watch("k")
    assert atom.get_watches() == {}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"key": 1, "attribute": "a"},
        {"lens": (len, len), "key": 1},
        {"attribute": "a", "default": 1},
        {"lens": (len, len), "default": 1},
    ],
)
def test_exactly_one_way_to_the_part_has_to_be_named(arguments):
    with pytest.raises(TypeError, match="one of lens, key and attribute"):
        cursor(Atom({}), **arguments)


def test_the_key_none_is_a_key():
    assert cursor(Atom({None: 5}), key=None).deref() == 5


def test_repr_shows_the_part(users):
    assert repr(users) == f"<atomos.atom.Cursor(1) object at {hex(id(users))}>"


def test_no_change_of_any_part_is_lost():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    atom = Atom(dict.fromkeys("abcd", 0))

    def work(key):
        part = cursor(atom, key=key)
        shared = cursor(atom, key="a")
        for _ in range(2_000):
            part.swap(one_more)
            shared.swap(one_more)

    try:
        together(*(lambda key=key: work(key) for key in "abcd"))
    finally:
        sys.setswitchinterval(interval)

    assert atom.deref() == {"a": 10_000, "b": 2_000, "c": 2_000, "d": 2_000}
