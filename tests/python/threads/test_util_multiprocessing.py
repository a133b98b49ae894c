"""ReadersWriterLockMultiprocessing, between processes under each start method."""

import multiprocessing

import pytest

from atomos.util import ReadersWriterLockMultiprocessing

from .together import on_another_thread

METHODS = multiprocessing.get_all_start_methods()
ROUNDS = 50


@pytest.fixture(params=METHODS)
def context(request):
    """The start method is that of the whole process while the lock is made and passed on."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method(request.param, force=True)
    yield multiprocessing.get_context(request.param)
    multiprocessing.set_start_method(before, force=True)


def write(lock, numbers):
    for _ in range(ROUNDS):
        with lock.exclusive:
            numbers[0] += 1
            numbers[1] += 1


def read(lock, numbers):
    for _ in range(ROUNDS):
        with lock.shared:
            if numbers[0] != numbers[1]:
                numbers[2] += 1


def meet(lock, barrier):
    with lock.shared:
        barrier.wait()


def release_shared(lock):
    lock.shared.release()


def run(context, *work):
    """Runs each (function, arguments …) in a process of its own; returns their exit codes."""
    processes = [context.Process(target=function, args=args) for function, *args in work]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def test_a_writer_is_alone_among_processes(context):
    lock = ReadersWriterLockMultiprocessing()
    numbers = context.RawArray("q", 3)

    codes = run(context, *[(write, lock, numbers), (read, lock, numbers)] * 2)

    assert codes == [0] * 4
    assert list(numbers) == [2 * ROUNDS, 2 * ROUNDS, 0]
    assert lock._reader_count.value == 0


def test_readers_of_several_processes_are_inside_together(context):
    lock = ReadersWriterLockMultiprocessing()
    barrier = context.Barrier(3)

    assert run(context, *[(meet, lock, barrier)] * 3) == [0] * 3
    assert lock._reader_count.value == 0


def test_another_process_may_release(context):
    lock = ReadersWriterLockMultiprocessing()
    lock.shared.acquire()
    assert lock._reader_count.value == 1

    assert run(context, (release_shared, lock)) == [0]

    assert lock._reader_count.value == 0
    with lock.exclusive:
        pass


@pytest.mark.parametrize("side", ["shared", "exclusive"])
def test_another_thread_may_release(side):
    lock = ReadersWriterLockMultiprocessing()
    getattr(lock, side).acquire()

    on_another_thread(getattr(lock, side).release)

    with lock.exclusive:
        pass


def test_acquire_and_release_return_none_and_blocks_are_given_the_lock():
    lock = ReadersWriterLockMultiprocessing()

    assert lock.shared.acquire() is None
    assert lock.shared.release() is None
    assert lock.exclusive.acquire() is None
    assert lock.exclusive.release() is None
    with lock.shared as shared:
        assert shared is lock.shared
    with lock.exclusive as exclusive:
        assert exclusive is lock.exclusive


def test_an_unheld_shared_release_is_a_runtime_error_and_the_count_stays():
    lock = ReadersWriterLockMultiprocessing()

    with pytest.raises(RuntimeError):
        lock.shared.release()

    assert lock._reader_count.value == 0
    with lock.shared:
        assert lock._reader_count.value == 1
    with lock.exclusive:
        pass
