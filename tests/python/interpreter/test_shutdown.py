"""An interpreter that ends with atoms in use ends well and says nothing on its standard error."""

from __future__ import annotations

import pytest

from .scripts import quiet

GLOBALS = """
    import atomos

    class Last:
        def __init__(self, name):
            self.name = name
        def __del__(self):
            atom.swap(lambda state: state)
            counter.add_and_get(1)
            reference.get_and_set(None)
            print(self.name, "died")

    counter = atomos.AtomicInteger()
    atom = atomos.Atom(0)
    reference = atomos.AtomicReference()
    reference.set(Last("the value"))
    atom.add_watch("key", lambda key, ref, old, new, held=Last("what the watch held"): None)
    atom.set_validator(lambda state, held=Last("what the validator held"): True)
"""

NAMES_STILL_THERE = """
    import atomos

    class Last:
        def __init__(self, atom):
            self.atom = atom
        def __del__(self):
            self.atom.add_watch("late", print)
            self.atom.remove_watch("late")
            self.atom.reset(None)
            self.atom.wait_for(1, 0)
            print("died")

    atom = atomos.Atom(None)
    atom.reset(Last(atom))
    reference = atomos.AtomicReference(Last(atomos.Atom(1)))
"""

AT_EXIT = """
    import atexit, atomos

    atom = atomos.Atom(0)
    heard = []
    atom.add_watch("key", lambda *change: heard.append(change[2:]))

    @atexit.register
    def last():
        atom.swap(lambda state: state + 1)
        atom.reset(2)
        print(heard, atomos.AtomicInteger(1).add_and_get(1))
"""

DAEMONS = """
    import threading, atomos

    atom = atomos.Atom(0)
    counter = atomos.AtomicInteger()
    reference = atomos.AtomicReference(object())
    flag = atomos.AtomicBoolean()
    atom.add_watch("key", lambda *_: None)
    atom.set_validator(lambda _: True)
    started = threading.Barrier({threads} + 1)

    def watch_once():
        with atom.watching(lambda *_: None):
            pass

    def run(work):
        started.wait()
        while True:
            work()

    works = [{works}]
    for work in works:
        threading.Thread(target=run, args=(work,), daemon=True).start()
    started.wait()
    for _ in range(3000):
        atom.deref()
    print("main ends")
"""

WORKS = {
    "swap": "lambda: atom.swap(lambda state: state + 1)",
    "reset": "lambda: atom.reset(1 << 62)",
    "deref": "lambda: atom.deref()",
    "set": "lambda: reference.set(object())",
    "get": "lambda: reference.get()",
    "add": "lambda: counter.add_and_get(1 << 62)",
    "wait for the flag": "lambda: flag.wait(False)",
    "wait for the atom": "lambda: atom.wait(atom.deref())",
    "wait for the reference": "lambda: reference.wait(reference.get())",
    "wait for long": "lambda: flag.wait_for(False, 1000)",
    "watch": "watch_once",
    "validate": "lambda: atom.set_validator(lambda _: True)",
}


def test_values_and_callbacks_of_module_level_atoms_die_at_exit() -> None:
    printed = quiet(GLOBALS)

    assert "the value died" in printed


def test_values_that_use_their_atom_while_modules_are_torn_down_may() -> None:
    printed = quiet(NAMES_STILL_THERE)

    assert printed.splitlines() == ["died", "died"]


def test_exit_callbacks_may_use_atoms() -> None:
    assert quiet(AT_EXIT) == "[(0, 1), (1, 2)] 2\n"


@pytest.mark.parametrize("work", WORKS)
def test_daemon_threads_inside_a_call_do_not_disturb_the_exit(work: str) -> None:
    for _ in range(2):
        script = DAEMONS.format(threads=3, works=", ".join([WORKS[work]] * 3))

        assert quiet(script) == "main ends\n"


def test_daemon_threads_of_all_kinds_at_once_do_not_disturb_the_exit() -> None:
    for _ in range(3):
        script = DAEMONS.format(threads=len(WORKS), works=", ".join(WORKS.values()))

        assert quiet(script) == "main ends\n"


def test_an_exit_from_within_a_mutator_or_a_watch_is_an_exit() -> None:
    for line in ("atom.swap(lambda state: sys.exit(0))", "atom.reset(1)"):
        script = f"""
            import atomos, sys
            atom = atomos.Atom(0)
            atom.add_watch("key", lambda *_: sys.exit(0))
            {line}
            print("not reached")
        """

        assert quiet(script) == ""


def test_a_module_that_is_imported_again_works_beside_the_old_one() -> None:
    script = """
        import sys, atomos
        old = atomos.Atom(0)
        for name in [name for name in sys.modules if name.partition(".")[0] == "atomos"]:
            del sys.modules[name]
        import atomos as again
        new = again.Atom(old)
        old.add_watch("key", lambda *_: None)
        old.swap(lambda state: state + 1)
        del sys.modules["atomos"], again, atomos
        import gc
        gc.collect()
        print(old.deref(), new.deref() is old)
    """

    assert quiet(script) == "1 True\n"


def test_an_import_leaves_nothing_running_and_asks_for_no_process() -> None:
    script = """
        import threading, sys, os
        import atomos
        print(threading.active_count(), len(os.listdir("/proc/self/task")))
        print([name for name in sys.modules if name.startswith("multiprocessing")])
    """

    assert quiet(script) == "1 1\n[]\n"
