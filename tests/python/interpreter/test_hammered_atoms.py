"""Atoms under threads, with watches and validators that come and go meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import atomos

from .together import beside, rounds, together

pytestmark = pytest.mark.usefixtures("frequent_switches")

SWAPS = 2000


def test_swaps_of_fresh_objects_lose_nothing() -> None:
    for _ in rounds(1):
        atom = atomos.Atom({"n": 0, "by": ()})

        def swaps(atom: Any = atom) -> None:
            for _ in range(SWAPS):
                atom.swap(lambda state: {"n": state["n"] + 1, "by": (state["n"],)})

        def swap_values(atom: Any = atom) -> None:
            for _ in range(SWAPS):
                old, new = atom.swap_vals(lambda state: {**state, "n": state["n"] + 1})
                assert new["n"] == old["n"] + 1

        def compare(atom: Any = atom) -> None:
            for _ in range(SWAPS):
                seen = atom.deref()
                while not atom.compare_and_set(seen, {"n": seen["n"] + 1, "by": ()}):
                    seen = atom.deref()

        together(swaps, swap_values, compare)

        assert atom.deref()["n"] == 3 * SWAPS


def test_a_watch_hears_every_change_once_and_each_follows_from_another() -> None:
    for _ in rounds(1):
        atom = atomos.Atom(0)
        heard: list[tuple[int, int]] = []
        atom.add_watch("all", lambda *change, heard=heard: heard.append(change[2:]))

        def swaps(atom: Any = atom) -> None:
            for _ in range(SWAPS):
                atom.swap(lambda state: state + 1)

        together(swaps, swaps, swaps)

        assert sorted(heard) == [(i, i + 1) for i in range(3 * SWAPS)]


def test_resets_by_threads_form_one_chain_of_true_changes() -> None:
    for _ in rounds(1):
        atom = atomos.Atom((0, 0))
        heard: list[tuple[Any, Any]] = []
        atom.add_watch("all", lambda *change, heard=heard: heard.append(change[2:]))

        def resets(thread: int, atom: Any = atom) -> None:
            for i in range(SWAPS):
                atom.reset((thread, i))

        together(*(lambda i=i: resets(i) for i in range(1, 4)))

        after = dict(heard)
        assert len(after) == len(heard) == 3 * SWAPS
        state: Any = (0, 0)
        for _ in heard:
            state = after[state]
        assert state == atom.deref()


def test_watches_may_come_and_go_while_others_change_the_atom() -> None:
    for _ in rounds(1):
        atom = atomos.Atom(0)
        kept: list[int] = []
        atom.add_watch("kept", lambda *change, kept=kept: kept.append(change[3]))

        def come_and_go(atom: Any = atom) -> None:
            key = ("guest", object())
            atom.add_watch(key, lambda *_: None)
            atom.get_watches()
            atom.remove_watch(key)
            with atom.watching(lambda *_: None):
                pass

        def swaps(atom: Any = atom) -> None:
            for _ in range(SWAPS):
                atom.swap(lambda state: state + 1)

        beside(lambda swaps=swaps: together(swaps, swaps), come_and_go, come_and_go)

        assert sorted(kept) == list(range(1, 2 * SWAPS + 1))
        assert list(atom.get_watches()) == ["kept"]


def test_a_watch_is_not_called_any_more_once_its_removal_has_returned() -> None:
    for _ in rounds(1):
        atom = atomos.Atom(0)
        late = []

        def guest(atom: Any = atom, late: Any = late) -> None:
            me = threading.get_ident()
            removed = False

            def watch(*_: Any) -> None:
                if removed and threading.get_ident() == me:
                    late.append(1)

            atom.add_watch(me, watch)
            atom.swap(lambda state: state + 1)
            atom.remove_watch(me)
            removed = True
            atom.swap(lambda state: state + 1)

        def guests(guest: Any = guest) -> None:
            for _ in range(SWAPS // 4):
                guest()

        together(guests, guests, guests)

        assert late == []
        assert atom.get_watches() == {}


def test_a_swap_that_the_old_validator_let_pass_never_lands_under_the_new_one() -> None:
    for _ in rounds(1):
        atom = atomos.Atom(0)
        wrong = []

        def even(state: int) -> bool:
            return state % 2 == 0

        def flip(atom: Any = atom, wrong: Any = wrong) -> None:
            atom.set_validator(None)
            try:
                atom.set_validator(even)
            except atomos.ValidationError:
                return
            for _ in range(20):
                if atom.deref() % 2:
                    wrong.append(atom.deref())

        def swaps(atom: Any = atom) -> None:
            for _ in range(SWAPS):
                try:
                    atom.swap(lambda state: state + 1)
                except atomos.ValidationError:
                    atom.swap(lambda state: state + 2)

        beside(lambda swaps=swaps: together(swaps, swaps), flip)

        assert wrong == []


def test_validators_may_be_exchanged_while_others_are_refused() -> None:
    atom = atomos.Atom(0)
    refusals = atomos.AtomicInteger()

    def exchange() -> None:
        limit = object()
        atom.set_validator(lambda state, limit=limit: limit is not None and state < SWAPS)
        assert callable(atom.get_validator())

    def swaps() -> None:
        for _ in range(SWAPS):
            try:
                atom.swap(lambda state: state + 1)
            except atomos.ValidationError:
                refusals.add_and_get(1)

    for _ in rounds(1):
        atom.set_validator(None)
        atom.reset(0)
        refusals.set(0)
        exchange()

        beside(lambda: together(swaps, swaps), exchange)

        assert atom.deref() == SWAPS - 1
        assert refusals.get() == SWAPS + 1
