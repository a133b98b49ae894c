"""Importing starts nothing, and objects work wherever multiprocessing does."""

import pickle

import pytest

from atomos.multiprocessing.atomic import AtomicLong

from .children import METHODS
from .scripts import run, run_file

each_method = pytest.mark.parametrize("method", METHODS)

IMPORTS = """
    import multiprocessing, os, sys, threading

    def state():
        return (
            threading.active_count(),
            len(os.listdir("/proc/self/task")),
            sorted(os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                   if os.path.exists(f"/proc/self/fd/{fd}") and int(fd) > 2),
            open(f"/proc/self/task/{os.getpid()}/children").read().split(),
            os.listdir(os.environ["ATOMOS_REGIONS"]),
            multiprocessing.get_start_method(allow_none=True),
            multiprocessing.active_children(),
        )

    before = state()
    import atomos.multiprocessing.atomic, atomos.multiprocessing.atom, atomos.multiprocessing
    after = state()
    assert before == after, (before, after)
    multiprocessing.set_start_method("spawn")
"""


def test_an_import_starts_no_process_no_thread_and_no_file_and_leaves_the_start_method(folder):
    """Repaired: 0.3.1 started a server at import, which fixed the start method."""
    run(IMPORTS)


def test_the_process_scope_is_not_imported_by_the_package_itself():
    assert run("import sys, atomos; print('atomos.multiprocessing' in sys.modules)") == "False"


@each_method
def test_a_daemonic_process_may_import_and_make_objects(tmp_path, folder, method):
    """Repaired: a daemonic process may not have children, so the server's start failed."""
    source = """
        import multiprocessing, sys

        def work(pipe):
            import atomos.multiprocessing.atomic as atomic
            import atomos.multiprocessing.atom as atom
            number, state = atomic.AtomicLong(1), atom.Atom({})
            pipe.send((number, state))
            pipe.recv()

        if __name__ == "__main__":
            context = multiprocessing.get_context(sys.argv[1])
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            number, state = ours.recv()
            number.add_and_get(1)
            state.swap(lambda s: {"n": number.get()})
            ours.send("end")
            process.join()
            print(process.exitcode, number.get(), state.deref())
    """

    assert run_file(tmp_path / "program.py", source, method) == "0 2 {'n': 2}"


@each_method
def test_values_may_be_of_classes_of_main(tmp_path, folder, method):
    """Repaired: the server did not know the classes of __main__."""
    source = """
        import multiprocessing, sys
        from atomos.multiprocessing.atom import Atom
        from atomos.multiprocessing.atomic import AtomicReference

        class Point:
            def __init__(self, x):
                self.x = x
            def __eq__(self, other):
                return self.x == other.x

        def move(reference, atom):
            reference.update_and_get(lambda p: Point(p.x + 1))
            atom.swap(lambda p: Point(p.x + 1))
            assert reference.compare_and_set(Point(2), Point(3))

        if __name__ == "__main__":
            reference, atom = AtomicReference(Point(1)), Atom(Point(1))
            context = multiprocessing.get_context(sys.argv[1])
            process = context.Process(target=move, args=(reference, atom))
            process.start()
            process.join()
            print(process.exitcode, reference.get().x, atom.deref().x)
    """

    assert run_file(tmp_path / "program.py", source, method) == "0 3 2"


@each_method
def test_objects_at_the_top_of_a_module_are_each_importer_s_own(tmp_path, folder, method):
    """A module that makes objects when it is imported is no error under any start method."""
    source = """
        import multiprocessing, sys
        from atomos.multiprocessing.atomic import AtomicLong

        counter = AtomicLong(0)

        def work(given):
            counter.increment_and_get()
            given.increment_and_get()

        if __name__ == "__main__":
            context = multiprocessing.get_context(sys.argv[1])
            process = context.Process(target=work, args=(counter,))
            process.start()
            process.join()
            print(process.exitcode, counter.get())
    """

    wanted = "0 2" if method == "fork" else "0 1"
    assert run_file(tmp_path / "program.py", source, method) == wanted


def test_objects_are_shared_with_a_child_that_was_forked_by_hand(folder):
    source = """
        import os
        from atomos.multiprocessing.atomic import AtomicLong, AtomicReference

        number, reference = AtomicLong(0), AtomicReference([])
        for _ in range(3):
            if os.fork() == 0:
                number.increment_and_get()
                reference.update_and_get(lambda v: [*v, 1])
                os._exit(0)
        for _ in range(3):
            os.wait()
        print(number.get(), reference.get())
    """

    assert run(source) == "3 [1, 1, 1]"


def test_an_object_is_found_by_a_program_with_another_folder_for_regions(tmp_path):
    source = """
        import os, pickle, sys

        os.environ["ATOMOS_REGIONS"] = sys.argv[2]
        print(pickle.loads(bytes.fromhex(sys.argv[1])).increment_and_get())
    """
    number = AtomicLong(3)

    assert run(source, pickle.dumps(number).hex(), tmp_path) == "4"
    assert number.get() == 4
