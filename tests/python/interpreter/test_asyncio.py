"""`await atom.changed()`: hears the next change, of any thread, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from typing import Any

import pytest

import atomos

from .operations import Thing
from .together import rounds, together


async def waiting(atom: Any, tasks: int = 1) -> list[asyncio.Future[Any]]:
    """Tasks that have begun to await a change."""
    begun = [asyncio.ensure_future(atom.changed()) for _ in range(tasks)]
    for _ in range(5):
        await asyncio.sleep(0)
    return begun


def test_a_change_ends_the_await_with_the_new_value() -> None:
    async def main() -> None:
        atom = atomos.Atom(0)
        (task,) = await waiting(atom)

        atom.swap(lambda state: state + 1)

        assert await task == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    "change",
    [
        lambda atom: atom.reset(7),
        lambda atom: atom.swap(lambda _: 7),
        lambda atom: atom.swap_vals(lambda _: 7),
        lambda atom: atom.reset_vals(7),
        lambda atom: atom.compare_and_set(0, 7),
        lambda atom: atom.compare_and_exchange(0, 7),
        lambda atom: atom.try_swap(lambda _: 7),
    ],
    ids=["reset", "swap", "swap_vals", "reset_vals", "cas", "exchange", "try_swap"],
)
def test_every_way_to_change_is_heard(change: Any) -> None:
    async def main() -> None:
        atom = atomos.Atom(0)
        tasks = await waiting(atom, 3)

        change(atom)

        assert await asyncio.gather(*tasks) == [7] * 3

    asyncio.run(main())


def test_a_change_before_the_call_is_not_heard() -> None:
    async def main() -> None:
        atom = atomos.Atom(0)
        atom.reset(1)
        (task,) = await waiting(atom)
        assert not task.done()

        atom.reset(2)

        assert await task == 2

    asyncio.run(main())


def test_the_first_of_several_changes_is_given() -> None:
    async def main() -> None:
        atom = atomos.Atom(0)
        (task,) = await waiting(atom)

        atom.reset(1)
        atom.reset(2)

        assert await task == 1

    asyncio.run(main())


def test_a_change_by_another_thread_is_heard() -> None:
    async def main() -> None:
        for n in rounds(100):
            atom = atomos.Atom(-1)
            (task,) = await waiting(atom)

            thread = threading.Thread(target=atom.reset, args=(n,))
            thread.start()

            assert await task == n
            thread.join()

    asyncio.run(main())


def test_loops_of_several_threads_hear_the_same_change() -> None:
    atom = atomos.Atom(0)
    ready = threading.Barrier(3)

    async def follow() -> Any:
        tasks = await waiting(atom, 2)
        ready.wait()
        return await asyncio.gather(*tasks)

    def change() -> None:
        ready.wait()
        atom.reset(1)

    heard = together(lambda: asyncio.run(follow()), lambda: asyncio.run(follow()), change)

    assert heard[:2] == [[1, 1], [1, 1]]
    assert atom.get_watches() == {}


def test_neither_an_await_that_ended_nor_one_cancelled_leaves_a_watch() -> None:
    async def main() -> None:
        atom = atomos.Atom(0)
        ended, cancelled = await waiting(atom, 2)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        atom.reset(1)
        await ended

        assert atom.get_watches() == {}

        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(atom.changed(), 0.001)

        assert atom.get_watches() == {}

    asyncio.run(main())


def test_an_await_cancelled_while_a_change_comes_raises_or_returns_and_leaves_no_watch() -> None:
    async def main() -> None:
        for _ in rounds(100):
            atom = atomos.Atom(0)
            (task,) = await waiting(atom)
            thread = threading.Thread(target=atom.reset, args=(1,))
            thread.start()
            task.cancel()
            try:
                assert await task == 1
            except asyncio.CancelledError:
                pass
            thread.join()
            assert atom.get_watches() == {}

    asyncio.run(main())


def test_a_change_after_the_loop_has_closed_disturbs_nobody() -> None:
    atom = atomos.Atom(0)
    loop = asyncio.new_event_loop()
    (task,) = loop.run_until_complete(waiting(atom))
    loop.close()
    assert not task.done()

    assert atom.reset(1) == 1

    assert atom.deref() == 1


def test_an_exception_of_another_watch_does_not_keep_the_news_back() -> None:
    async def main() -> None:
        atom = atomos.Atom(0)
        atom.add_watch("raises", lambda *_: 1 // 0)
        (task,) = await waiting(atom)

        with pytest.raises(ZeroDivisionError):
            atom.reset(1)

        assert await task == 1

    asyncio.run(main())


def test_a_refused_change_is_no_change() -> None:
    async def main() -> None:
        atom = atomos.Atom(0)
        atom.set_validator(lambda state: state >= 0)
        (task,) = await waiting(atom)

        with pytest.raises(atomos.ValidationError):
            atom.reset(-1)
        await asyncio.sleep(0)
        assert not task.done()
        atom.reset(1)

        assert await task == 1

    asyncio.run(main())


def test_a_coroutine_that_is_never_awaited_leaves_no_watch() -> None:
    async def main() -> None:
        atom = atomos.Atom(0)
        coroutine = atom.changed()
        close = getattr(coroutine, "close", None) or coroutine.cancel

        close()
        await asyncio.sleep(0)

        assert atom.get_watches() == {}

    asyncio.run(main())


def test_an_await_keeps_neither_its_atom_nor_the_value_once_it_has_ended() -> None:
    async def main() -> tuple[Any, Any]:
        atom, value = atomos.Atom(None), Thing()
        (task,) = await waiting(atom)
        atom.reset(value)
        await task
        return weakref.ref(atom), weakref.ref(value)

    refs = asyncio.run(main())
    gc.collect()

    assert [ref() for ref in refs] == [None, None]


def test_without_a_running_loop_it_is_an_error() -> None:
    atom = atomos.Atom(0)

    with pytest.raises(RuntimeError):
        atom.changed().send(None)

    assert atom.get_watches() == {}


def test_a_follower_of_changes_ends_with_the_last_value() -> None:
    async def follow(atom: Any, last: int) -> int:
        news = asyncio.ensure_future(atom.changed())
        await asyncio.sleep(0)
        while (seen := atom.deref()) != last:
            await news
            news = asyncio.ensure_future(atom.changed())
            await asyncio.sleep(0)
        news.cancel()
        return seen

    for _ in rounds(5):
        atom = atomos.Atom(0)

        def lead(atom: Any = atom) -> None:
            for n in range(1, 301):
                atom.reset(n)

        def run(atom: Any = atom) -> int:
            return asyncio.run(follow(atom, 300))

        assert together(run, run, lead)[:2] == [300, 300]
