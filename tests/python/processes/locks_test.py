"""The readers-writer lock between processes."""

import pytest

from atomos.multiprocessing.atomic import AtomicLong
from atomos.util import ReadersWriterLockMultiprocessing

from .children import ended_well, forked


def test_an_unheld_shared_release_raises_and_counts_nothing():
    """Repaired: it drove the count of readers to -1."""
    lock = ReadersWriterLockMultiprocessing()

    with pytest.raises(RuntimeError):
        lock.shared.release()

    assert lock._reader_count.value == 0
    with lock.shared, lock.shared:
        assert lock._reader_count.value == 2
    with lock.exclusive:
        assert lock._reader_count.value == 0


def test_processes_that_hold_it_exclusively_exclude_each_other():
    lock, number = ReadersWriterLockMultiprocessing(), AtomicLong(0)

    def work():
        for _ in range(300):
            with lock.exclusive:
                number.set(number.get() + 1)
            with lock.shared:
                assert number.get() > 0

    children = [forked(work) for _ in range(3)]

    assert all([ended_well(child) for child in children])
    assert number.get() == 900


def test_a_shared_hold_of_one_process_may_be_released_by_another():
    lock = ReadersWriterLockMultiprocessing()
    assert lock.shared.acquire() is None

    assert ended_well(forked(lock.shared.release))

    with lock.exclusive:
        assert lock._reader_count.value == 0
