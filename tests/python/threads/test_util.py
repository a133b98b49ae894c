"""atomos.util between threads: synchronized and ReadersWriterLock. repr is in test_repr."""

import threading

import pytest

from atomos.util import ReadersWriterLock, synchronized

from .misbehaving import Boom, raising
from .together import on_another_thread, together


def test_synchronized_keeps_what_is_known_of_the_function():
    @synchronized
    def add(a: int, b: int = 2) -> int:
        """Adds."""
        return a + b

    assert (add.__name__, add.__doc__) == ("add", "Adds.")
    assert add.__wrapped__(1) == 3
    assert add(1) == 3
    assert add(1, b=5) == 6


def test_synchronized_lets_one_thread_in_at_a_time():
    inside = []
    most = []

    @synchronized
    def work():
        inside.append(1)
        most.append(len(inside))
        inside.pop()

    together(*[lambda: [work() for _ in range(500)]] * 4)

    assert set(most) == {1}


def test_synchronized_has_one_lock_a_function():
    release = threading.Event()
    inside = threading.Event()

    @synchronized
    def slow():
        inside.set()
        release.wait()

    @synchronized
    def other():
        return "not blocked"

    thread = threading.Thread(target=slow, daemon=True)
    thread.start()
    inside.wait()

    assert other() == "not blocked"
    release.set()
    thread.join()


def test_synchronized_gives_the_lock_back_when_the_function_raises():
    bad = synchronized(raising)

    for _ in range(2):
        with pytest.raises(Boom):
            bad()


def test_synchronized_works_on_methods():
    class Counter:
        value = 0

        @synchronized
        def add(self, delta):
            self.value += delta
            return self.value

    assert Counter().add(delta=3) == 3


def test_acquire_and_release_return_none_and_readers_are_counted():
    lock = ReadersWriterLock()

    assert lock.shared.acquire() is None
    assert lock.shared.acquire() is None
    assert lock._reader_count == 2
    assert lock.shared.release() is None
    assert lock.shared.release() is None
    assert lock._reader_count == 0
    assert lock.exclusive.acquire() is None
    assert lock.exclusive.release() is None


def test_both_are_context_managers_that_give_themselves():
    lock = ReadersWriterLock()

    with lock.shared as shared:
        assert shared is lock.shared
        assert lock._reader_count == 1
    with lock.exclusive as exclusive:
        assert exclusive is lock.exclusive
    assert lock._reader_count == 0


@pytest.mark.parametrize("side", ["shared", "exclusive"])
def test_a_block_that_raises_gives_the_lock_back(side):
    lock = ReadersWriterLock()

    with pytest.raises(Boom), getattr(lock, side):
        raise Boom("block")

    with lock.exclusive:
        pass


def test_an_unheld_shared_release_is_a_runtime_error_and_the_count_stays():
    lock = ReadersWriterLock()

    with pytest.raises(RuntimeError):
        lock.shared.release()

    assert lock._reader_count == 0
    with lock.shared, lock.shared:
        assert lock._reader_count == 2
    with lock.exclusive:
        pass


def test_an_unheld_shared_release_while_a_writer_holds_leaves_it_its_lock():
    lock = ReadersWriterLock()
    lock.exclusive.acquire()

    with pytest.raises(RuntimeError):
        lock.shared.release()

    assert lock._reader_count == 0
    lock.exclusive.release()
    with pytest.raises(RuntimeError):
        lock.exclusive.release()


@pytest.mark.parametrize("side", ["shared", "exclusive"])
def test_another_thread_may_release(side):
    lock = ReadersWriterLock()
    getattr(lock, side).acquire()

    on_another_thread(getattr(lock, side).release)

    with lock.exclusive:
        pass


def test_readers_are_inside_together():
    lock = ReadersWriterLock()
    all_inside = threading.Barrier(4)

    def read():
        with lock.shared:
            all_inside.wait()

    together(*[read] * 4)

    assert lock._reader_count == 0


def test_a_writer_is_alone():
    lock = ReadersWriterLock()
    state = {"a": 0, "b": 0}
    torn = []

    def write():
        for _ in range(300):
            with lock.exclusive:
                state["a"] += 1
                state["b"] += 1

    def read():
        for _ in range(300):
            with lock.shared:
                if state["a"] != state["b"]:
                    torn.append(dict(state))

    together(write, read, write, read)

    assert torn == []
    assert state == {"a": 600, "b": 600}


def test_a_writer_waits_until_the_last_reader_has_gone():
    lock = ReadersWriterLock()
    events = []

    def write():
        with lock.exclusive:
            events.append("write")

    lock.shared.acquire()
    lock.shared.acquire()
    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    lock.shared.release()
    events.append("one reader left")
    lock.shared.release()
    writer.join()

    assert events == ["one reader left", "write"]


def test_readers_still_come_in_while_a_writer_waits_for_readers():
    lock = ReadersWriterLock()
    lock.shared.acquire()
    writer = threading.Thread(target=lambda: lock.exclusive.acquire(), daemon=True)
    writer.start()

    lock.shared.acquire()
    assert lock._reader_count == 2

    lock.shared.release()
    lock.shared.release()
    writer.join()
    lock.exclusive.release()


def test_a_reader_waits_until_the_writer_has_gone():
    lock = ReadersWriterLock()
    events = []

    def read():
        with lock.shared:
            events.append("read")

    lock.exclusive.acquire()
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    events.append("written")
    lock.exclusive.release()
    reader.join()

    assert events == ["written", "read"]
