"""The region of a process family: made at the first object, gone with the last process."""

import signal

import pytest

from .children import METHODS, SOAK
from .scripts import ended, run, run_file, started

each_method = pytest.mark.parametrize("method", METHODS)


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_region_is_made_at_the_first_object_and_removed_at_the_end(folder):
    source = """
        import os
        from atomos.multiprocessing.atomic import AtomicLong

        print(os.listdir(os.environ["ATOMOS_REGIONS"]))
        number = AtomicLong(1)
        print(len(os.listdir(os.environ["ATOMOS_REGIONS"])))
        others = [AtomicLong(n) for n in range(100)]
        print(len(os.listdir(os.environ["ATOMOS_REGIONS"])))
    """

    assert run(source).split("\n") == ["[]", "1", "1"]
    assert files(folder) == []


@pytest.mark.parametrize(
    ("last", "status"),
    [
        ("pass", 0),
        ("sys.exit(3)", 3),
        ("raise ValueError", 1),
        ("threading.Thread(target=number.wait, args=(1,), daemon=True).start()", 0),
        ("os.kill(os.getpid(), signal.SIGINT)", -signal.SIGINT),
    ],
)
def test_it_is_removed_however_the_program_ends_by_itself(folder, last, status):
    source = f"""
        import os, signal, sys, threading
        from atomos.multiprocessing.atom import Atom
        from atomos.multiprocessing.atomic import AtomicLong

        number, atom = AtomicLong(1), Atom([])
        atom.add_watch("everyone", print, everyone=True)
        {last}
    """

    met, out, err = ended(started(source))

    assert met == status, out + err
    assert files(folder) == []


@each_method
@pytest.mark.parametrize("end", ["return", "os._exit(0)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_it_is_removed_after_children_ended_in_any_way(tmp_path, folder, method, end):
    source = f"""
        import multiprocessing, os, signal, sys
        from atomos.multiprocessing.atomic import AtomicLong, AtomicReference

        def work(number):
            mine = AtomicReference(["of a child"])
            number.increment_and_get()
            {end}

        if __name__ == "__main__":
            context = multiprocessing.get_context(sys.argv[1])
            number = AtomicLong(0)
            children = [context.Process(target=work, args=(number,)) for _ in range(3)]
            for child in children:
                child.start()
            for child in children:
                child.join()
            print(number.get())
    """

    assert run_file(tmp_path / "program.py", source, method) == "3"
    assert files(folder) == []


@each_method
def test_it_is_removed_if_only_children_made_objects(tmp_path, folder, method):
    source = """
        import multiprocessing, sys
        import atomos.multiprocessing.atomic as atomic

        def work():
            atomic.AtomicLong(0).increment_and_get()

        if __name__ == "__main__":
            child = multiprocessing.get_context(sys.argv[1]).Process(target=work)
            child.start()
            child.join()
            print(child.exitcode)
    """

    assert run_file(tmp_path / "program.py", source, method) == "0"
    assert files(folder) == []


def test_a_child_that_outlives_its_parent_keeps_its_objects_and_removes_the_region(folder):
    source = """
        import os, sys
        from atomos.multiprocessing.atomic import AtomicLong, AtomicReference

        number, reference = AtomicLong(5), AtomicReference([5])
        read, write = os.pipe()
        if os.fork() == 0:
            os.close(write)
            os.read(read, 1)
            number.increment_and_get()
            reference.update_and_get(lambda v: [*v, AtomicLong(6).get()])
            print(number.get(), reference.get(), flush=True)
            sys.exit()
    """

    assert run(source) == "6 [5, 6]"
    assert files(folder) == []


KILLED = """
    import os, signal
    from atomos.multiprocessing.atomic import AtomicLong

    number = AtomicLong(0)
    if os.fork() == 0:
        number.increment_and_get()
        os.kill(os.getpid(), signal.SIGKILL)
    os.wait()
    assert number.get() == 1
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_family_leaves_a_file_which_a_later_one_removes(folder):
    assert ended(started(KILLED))[0] == -signal.SIGKILL
    assert len(files(folder)) == 1

    run(
        """
        from atomos.multiprocessing import _family
        _family.SWEPT_AFTER = -1.0  # instead of ten minutes
        from atomos.multiprocessing.atomic import AtomicLong
        AtomicLong(0)
        """
    )

    assert files(folder) == []


def test_a_sweep_leaves_living_families_and_named_regions_alone(folder):
    living = started(
        """
        from atomos.multiprocessing.atomic import AtomicLong
        AtomicLong(1, region="shop", name="orders")
        number = AtomicLong(7)
        print("ready", flush=True)
        input()
        import pickle
        print(pickle.loads(pickle.dumps(number)).increment_and_get())
        """
    )
    assert living.stdout.readline() == "ready\n"
    before = files(folder)

    run(
        """
        from atomos.multiprocessing import _family
        _family.SWEPT_AFTER = -1.0
        from atomos.multiprocessing.atomic import AtomicLong
        AtomicLong(0)
        """
    )

    assert files(folder) == before
    assert ended_with(living, "go on\n") == (0, "8\n", "")
    assert files(folder) == ["atomos-shop"]


def ended_with(program, text):
    program.stdin.write(text)
    program.stdin.flush()
    return ended(program)


def test_families_of_unrelated_programs_are_apart(folder):
    source = """
        import os
        from atomos.multiprocessing.atomic import AtomicLong
        number = AtomicLong(7)
        print("ready", flush=True)
        input()
        print(len(os.listdir(os.environ["ATOMOS_REGIONS"])))
    """

    programs = [started(source), started(source)]
    for program in programs:
        assert program.stdout.readline() == "ready\n"

    assert len(files(folder)) == 2
    assert [ended_with(program, "\n")[1] for program in programs] == ["2\n", "1\n"]
    assert files(folder) == []


@pytest.mark.parametrize(
    "make",
    [
        "AtomicLong(n)",
        "AtomicReference(n)",
        "Atom(n)",
        "AtomicLong(n, region='named', name='same')",
        "LongAdder().add(n)",
        "LongAccumulator(max, n % 3).accumulate(n)",
        "AtomicLongArray(1 + n % 3)[0].set(n)",
        "AtomicStampedReference(n, n)",
        "AtomicReferenceArray([n])",
    ],
)
def test_objects_that_are_made_and_dropped_grow_neither_memory_nor_the_file(folder, make):
    source = f"""
        import os, resource, sys
        from atomos.multiprocessing.atom import Atom
        from atomos.multiprocessing.atomic import *

        def size():
            folder = os.environ["ATOMOS_REGIONS"]
            return sum(os.stat(os.path.join(folder, name)).st_blocks for name in os.listdir(folder))

        def make(many):
            for n in range(many):
                {make}

        make(1000)
        before = size(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        make(int(sys.argv[1]))
        after = size(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(after[0] - before[0], (after[1] - before[1]) // 1024)
    """
    many = 1_000_000 if SOAK else 100_000

    blocks, mebibytes = map(int, run(source, many).split())

    assert blocks == 0
    assert mebibytes < 8
