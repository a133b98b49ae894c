"""The end of a watch: remove_watch_and_wait, the end of a watching block, and `once`."""

import os
import signal
import sys
import threading
import time

import pytest

from atomos import ARef, Atom, AtomicBoolean, AtomicInteger, cursor

from .misbehaving import Boom, Hooked, raising
from .together import meeting, on_another_thread, together

WAYS = {
    "plain": {},
    "ordered": {"delivery": "ordered"},
    "latest": {"delivery": "latest"},
    "executor": {"executor": lambda task: task()},
    "ordered executor": {"delivery": "ordered", "executor": lambda task: task()},
}
each_way = pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)


@pytest.fixture
def frequent_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class Slow:
    """A watch that says when it is called, and ends its call when it may."""

    def __init__(self):
        self.inside, self.go_on = threading.Event(), threading.Event()
        self.ended = AtomicBoolean()

    def __call__(self, *_):
        self.inside.set()
        self.go_on.wait()
        self.ended.set(True)


def is_waiting(thread, look=20):
    """Returns when the thread has been seen sleeping several times running."""
    seen = 0
    while seen < look and thread.is_alive():
        with open(f"/proc/self/task/{thread.native_id}/stat", encoding="ascii") as stat:
            seen = seen + 1 if stat.read().rpartition(")")[2].split()[0] == "S" else 0
        time.sleep(0.0005)


def while_called(atom, slow, end):
    """Ends the watch on one thread while another is in its call; whether the end waited."""
    caller = threading.Thread(target=atom.reset, args=(1,))
    caller.start()
    slow.inside.wait()
    ended_first = []
    ender = threading.Thread(target=lambda: (end(), ended_first.append(slow.ended.get())))
    ender.start()
    is_waiting(ender)
    slow.go_on.set()
    ender.join()
    caller.join()
    return ended_first == [True]


@each_way
def test_it_waits_for_a_call_on_another_thread(options):
    atom, slow = Atom(0), Slow()
    atom.add_watch("slow", slow, **options)

    assert while_called(atom, slow, lambda: atom.remove_watch_and_wait("slow"))

    assert atom.get_watches() == {}


def test_remove_watch_does_not_wait():
    atom, slow = Atom(0), Slow()
    atom.add_watch("slow", slow)
    caller = threading.Thread(target=atom.reset, args=(1,))
    caller.start()
    slow.inside.wait()

    atom.remove_watch("slow")

    assert not slow.ended.get()
    slow.go_on.set()
    caller.join()


@each_way
def test_the_end_of_a_block_waits_for_a_call_on_another_thread(options):
    atom, slow = Atom(0), Slow()
    block = atom.watching(slow, **options)
    block.__enter__()

    assert while_called(atom, slow, lambda: block.__exit__(None, None, None))

    assert atom.get_watches() == {}


def test_a_cursors_removal_waits_and_says_whether_there_was_one():
    atom, slow = Atom({"n": 0}), Slow()
    part = cursor(atom, key="n")
    part.add_watch("slow", slow)
    removed = []

    def change():
        part.reset(1)

    caller = threading.Thread(target=change)
    caller.start()
    slow.inside.wait()
    ender = threading.Thread(target=lambda: removed.append(part.remove_watch_and_wait("slow")))
    ender.start()
    is_waiting(ender)
    assert removed == []
    slow.go_on.set()
    ender.join()
    caller.join()

    assert removed == [True]
    assert part.remove_watch_and_wait("slow") is False


@each_way
def test_it_says_whether_there_was_a_watch(options):
    ref = ARef()
    ref.add_watch("k", print, **options)

    assert ref.remove_watch_and_wait("other") is False
    assert ref.remove_watch_and_wait(key="k") is True
    assert ref.remove_watch_and_wait("k") is False


@each_way
def test_from_inside_itself_a_watch_is_removed_without_a_wait(options):
    atom = Atom(0)
    told = []

    def watch(key, ref, old, new):
        told.append((new, ref.remove_watch_and_wait(key)))

    atom.add_watch("k", watch, **options)

    atom.reset(1)
    atom.reset(2)

    assert told == [(1, True)]


@each_way
def test_a_block_may_end_inside_its_own_watch(options):
    atom = Atom(0)
    told = []

    def watch(key, ref, old, new):
        told.append(new)
        block.__exit__(None, None, None)

    block = atom.watching(watch, **options)
    block.__enter__()

    atom.reset(1)
    atom.reset(2)

    assert told == [1]


@each_way
def test_it_does_not_wait_for_a_call_of_another_watch(options):
    atom, slow = Atom(0), Slow()
    atom.add_watch("removed", lambda *_: None, **options)
    atom.add_watch("slow", slow, **options)
    caller = threading.Thread(target=atom.reset, args=(1,))
    caller.start()
    slow.inside.wait()

    assert atom.remove_watch_and_wait("removed") is True

    assert not slow.ended.get()
    slow.go_on.set()
    caller.join()


@each_way
def test_two_watches_that_remove_each_other_on_two_threads_both_come_through(options):
    first, second = Atom(0), Atom(0)
    both = threading.Barrier(2)
    removed = []

    def watch(other):
        def remove(key, ref, old, new):
            both.wait()
            removed.append(other.remove_watch_and_wait("k"))

        return remove

    first.add_watch("k", watch(second), **options)
    second.add_watch("k", watch(first), **options)

    together(lambda: first.reset(1), lambda: second.reset(1))

    assert removed == [True, True]
    assert first.get_watches() == second.get_watches() == {}


@pytest.mark.usefixtures("frequent_switches")
@each_way
def test_no_call_begins_or_runs_after_the_wait(options):
    atom = Atom(0)
    over = threading.Event()
    late = []

    def rounds():
        for _ in range(300):
            alive = AtomicBoolean(True)

            def watch(*_, alive=alive):
                if not alive.get():
                    late.append(True)

            atom.add_watch("k", watch, **options)
            atom.remove_watch_and_wait("k")
            alive.set(False)
        over.set()

    def change():
        while not over.is_set():
            atom.reset(object())

    together(rounds, change, change)

    assert late == []


def test_a_block_removes_its_own_watch_only():
    atom = Atom(0)

    with atom.watching(print, "k"):
        atom.add_watch("k", print)

    assert atom.get_watches() == {"k": print}


def test_a_call_deep_inside_of_others_is_waited_for():
    atom, slow = Atom(0), Slow()

    def deeper(key, ref, old, new):
        if new < 20:
            ref.reset(new + 1)
        elif new == 20:
            slow()

    atom.add_watch("deep", deeper)

    assert while_called(atom, slow, lambda: atom.remove_watch_and_wait("deep"))


@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals need the main thread"
)
def test_ctrl_c_ends_the_wait_and_the_watch_is_removed():
    atom, slow = Atom(0), Slow()
    atom.add_watch("slow", slow)
    caller = threading.Thread(target=atom.reset, args=(1,))
    caller.start()
    slow.inside.wait()
    main = threading.main_thread()

    def interrupt():
        is_waiting(main)
        os.kill(os.getpid(), signal.SIGINT)

    rival = threading.Thread(target=interrupt)
    rival.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            atom.remove_watch_and_wait("slow")
    finally:
        slow.go_on.set()
    rival.join()
    caller.join()

    assert atom.get_watches() == {}


# Once


ONCE = {
    "direct": {},
    "ordered": {"delivery": "ordered"},
    "latest": {"delivery": "latest"},
    "executor": {"executor": lambda task: task()},
}
each_once = pytest.mark.parametrize("options", ONCE.values(), ids=ONCE)


@each_once
def test_once_hears_one_change_and_is_removed(options):
    atom, told = Atom(0), []
    atom.add_watch("k", lambda key, ref, old, new: told.append((old, new)), once=True, **options)

    atom.reset(1)
    atom.reset(2)

    assert told == [(0, 1)]
    assert atom.get_watches() == {}


@pytest.mark.usefixtures("frequent_switches")
@each_once
def test_of_rivals_changes_once_is_told_one(options):
    atom, calls, wrong = Atom(0), AtomicInteger(), []

    def begin():
        calls.set(0)
        atom.add_watch("k", lambda *_: calls.increment_and_get(), once=True, **options)

    def look():
        if calls.get() != 1 or atom.get_watches():
            wrong.append(calls.get())

    meeting(300, begin, lambda: atom.swap(lambda n: n + 1), look)

    assert wrong == []


@each_once
def test_once_is_spent_by_a_call_that_changes_the_atom(options):
    atom, told = Atom(0), []

    def watch(key, ref, old, new):
        told.append(new)
        ref.reset(new + 1)

    atom.add_watch("k", watch, once=True, **options)

    atom.reset(1)

    assert told == [1]
    assert (atom.deref(), atom.get_watches()) == (2, {})


def test_once_that_raises_is_removed_and_raised():
    for delivery in ("direct", "ordered"):
        atom = Atom(0)
        atom.add_watch("k", raising, once=True, delivery=delivery)

        with pytest.raises(Boom):
            atom.reset(1)

        assert atom.get_watches() == {}


def test_once_is_not_spent_by_a_task_that_is_dropped():
    atom, told, given = Atom(0), [], []
    atom.add_watch("k", lambda *told_of: told.append(told_of[3]), once=True, executor=given.append)

    atom.reset(1)
    atom.reset(2)
    assert len(given) == 1
    given.clear()
    atom.reset(3)
    given.pop()()

    assert told == [3]
    assert atom.get_watches() == {}


def test_once_whose_place_was_taken_by_another_leaves_that_one():
    atom, told = Atom(0), []

    def watch(key, ref, old, new):
        told.append(new)
        ref.add_watch(key, print)

    atom.add_watch("k", watch, once=True)

    atom.reset(1)

    assert atom.get_watches() == {"k": print}


def test_once_whose_keys_hash_raises_is_not_called_again(monkeypatch):
    unraisable = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    atom, told = Atom(0), []
    key = Hooked("tag", lambda: None)
    atom.add_watch(key, lambda *told_of: told.append(told_of[3]), once=True)
    key.hook = raising

    atom.reset(1)
    atom.reset(2)
    key.hook = lambda: None

    assert told == [1]
    assert [type(each.exc_value) for each in unraisable] == [Boom]


def test_a_watch_that_ended_is_removed_on_another_thread_without_a_wait():
    atom = Atom(0)
    atom.add_watch("k", lambda *_: None, once=True, delivery="ordered")
    on_another_thread(lambda: atom.reset(1))

    assert atom.remove_watch_and_wait("k") is False
