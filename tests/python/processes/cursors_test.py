"""cursor() of an atom that processes share."""

from __future__ import annotations

import asyncio
import multiprocessing
from typing import Any

from atomos import cursor
from atomos.multiprocessing.atom import Atom


def add(n: int, by: int) -> int:
    return n + by


def add_in_child(atom: Any, times: int) -> None:
    part = cursor(atom, key="n")
    for _ in range(times):
        part.swap(add, 1)


def test_a_change_of_the_part_is_a_change_of_the_shared_whole() -> None:
    atom = Atom({"n": 1, "other": "same"})
    part = cursor(atom, key="n")
    heard: list[tuple[int, int]] = []
    part.add_watch("k", lambda key, ref, old, new: heard.append((old, new)))

    part.swap(add, 2)
    atom.swap(lambda state: {**state, "other": "new"})

    assert part.compare_and_set(3, 9)
    assert not part.compare_and_set(3, 1)
    assert atom.deref() == {"n": 9, "other": "new"}
    assert heard == [(1, 3), (3, 9)]


def test_no_change_of_any_process_is_lost() -> None:
    atom = Atom({"n": 0, "other": "same"})
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=add_in_child, args=(atom, 200)) for _ in range(2)]

    for child in children:
        child.start()
    add_in_child(atom, 200)
    for child in children:
        child.join()

    assert atom.deref() == {"n": 600, "other": "same"}


def test_another_processs_change_of_the_part_is_waited_for_and_awaited() -> None:
    atom = Atom({"n": 0})
    part = cursor(atom, key="n")
    context = multiprocessing.get_context("fork")

    async def follow() -> int:
        change = part.changed()
        child = context.Process(target=add_in_child, args=(atom, 1))
        child.start()
        new = await asyncio.wait_for(change, 60)
        child.join()
        return new

    assert asyncio.run(follow()) == 1
    child = context.Process(target=add_in_child, args=(atom, 1))
    child.start()
    assert part.wait(1) == 2
    child.join()
