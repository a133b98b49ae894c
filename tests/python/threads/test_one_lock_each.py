"""Nobody waits for a key that is slow to hash or to compare: on the same ARef or on another."""

import threading

import pytest

from atomos.atom import ARef, Atom

from .misbehaving import Hooked


@pytest.fixture
def stuck():
    """A thread that adds a watch under a key whose hash, or equality, waits for release()."""
    threads = []
    release = threading.Event()

    def start(ref, where):
        inside = threading.Event()

        def block():
            inside.set()
            release.wait()

        if where == "==":
            standing = Hooked("same", lambda: None)
            ref.add_watch(standing, print)
            standing.__class__ = ComparedSlowly
            standing.block = block
            key = Hooked("same", lambda: None)
        else:
            key = Hooked("same", block)
        thread = threading.Thread(target=lambda: ref.add_watch(key, repr), daemon=True)
        thread.start()
        threads.append(thread)
        inside.wait()

    yield start
    release.set()
    for thread in threads:
        thread.join()


class ComparedSlowly(Hooked):
    """Waits when it is compared, not when it is hashed."""

    def __hash__(self):
        return hash(self.tag)

    def __eq__(self, other):
        self.block()
        return isinstance(other, Hooked) and self.tag == other.tag


by_where = pytest.mark.parametrize("where", ["hash", "=="])


@by_where
def test_a_slow_key_on_one_aref_does_not_block_another(stuck, where):
    stuck(ARef(), where)
    other = ARef()

    other.add_watch("k", print)
    other.remove_watch("k")

    assert other.get_watches() == {}


@by_where
def test_a_slow_key_does_not_block_the_same_aref(stuck, where):
    atom = Atom(0)
    heard = []
    stuck(atom, where)

    atom.add_watch("k", lambda _key, _ref, old, new: heard.append((old, new)))
    atom.reset(1)
    atom.remove_watch("k")
    atom.swap(lambda n: n + 1)

    assert heard == [(0, 1)]
    assert atom.deref() == 2


def test_a_watch_that_waits_blocks_nobody():
    atom = Atom(0)
    inside, release = threading.Event(), threading.Event()

    def slow(*_):
        inside.set()
        release.wait()

    atom.add_watch("slow", slow)
    thread = threading.Thread(target=lambda: atom.reset(1), daemon=True)
    thread.start()
    inside.wait()
    atom.remove_watch("slow")

    atom.add_watch("k", lambda *_: None)
    assert atom.deref() == 1
    assert atom.swap(lambda n: n + 1) == 2

    release.set()
    thread.join()


def test_a_mutator_that_waits_blocks_nobody():
    atom = Atom(0)
    inside, release = threading.Event(), threading.Event()
    calls = []

    def slow(value):
        calls.append(value)
        inside.set()
        release.wait()
        return value + 1

    thread = threading.Thread(target=lambda: atom.swap(slow), daemon=True)
    thread.start()
    inside.wait()

    assert atom.reset(100) == 100
    assert atom.deref() == 100
    release.set()
    thread.join()

    assert atom.deref() == 101
    assert calls == [0, 100]
