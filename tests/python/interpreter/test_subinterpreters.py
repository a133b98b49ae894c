"""Subinterpreters import the package, each with classes and state of its own."""

from __future__ import annotations

import sys
import textwrap

import pytest

from .scripts import quiet

OWN_GIL = (3, 12)

PRELUDE = """
    import sys, threading
    try:
        import _interpreters as interpreters
        def create(isolated):
            return interpreters.create("isolated" if isolated else "legacy")
        def run(which, code):
            failure = interpreters.exec(which, code)
            if failure is not None:
                raise RuntimeError(failure.formatted)
    except ImportError:
        import _xxsubinterpreters as interpreters
        def create(isolated):
            return interpreters.create(isolated=isolated)
        run = interpreters.run_string
    PATH = "import sys; sys.path[:] = " + repr(sys.path) + chr(10)
"""

USE = """
    import atomos
    heard = []
    atom = atomos.Atom({"n": 0})
    atom.add_watch("key", lambda *change: heard.append(change[3]["n"]))
    atom.set_validator(lambda state: state["n"] < 500)
    for _ in range(400):
        atom.swap(lambda state: {"n": state["n"] + 1})
    try:
        atom.reset({"n": 500})
    except atomos.ValidationError:
        pass
    counter = atomos.AtomicInteger(2**63 - 200)
    for _ in range(400):
        counter += 1
    reference = atomos.AtomicReference(object())
    reference.me = reference
    class Own(atomos.AtomicFloat):
        pass
    own = Own(0.5)
    own *= 2
    assert (heard[-1], counter.get(), own.get()) == (400, 2**63 + 200, 1.0)
    assert isinstance(reference.compare_and_exchange(1, 2), atomos.Attempt)
"""

KINDS = [
    pytest.param(False, id="legacy"),
    pytest.param(True, id="isolated"),
]


def script(body: str, isolated: bool) -> str:
    """A program that may `create(ISOLATED)` and `run(which, PATH + USE)`."""
    return "\n".join(
        [
            textwrap.dedent(PRELUDE),
            f"USE = {textwrap.dedent(USE)!r}",
            f"ISOLATED = {isolated}",
            textwrap.dedent(body),
        ]
    )


@pytest.mark.parametrize("isolated", KINDS)
def test_a_subinterpreter_uses_the_package_and_ends_with_live_atoms(isolated: bool) -> None:
    body = """
        for _ in range(3):
            which = create(ISOLATED)
            run(which, PATH + USE)
            interpreters.destroy(which)
        print("done")
    """

    assert quiet(script(body, isolated)) == "done\n"


@pytest.mark.parametrize("isolated", KINDS)
def test_the_main_interpreter_goes_on_after_a_subinterpreter_has_ended(isolated: bool) -> None:
    body = """
        exec(USE)
        which = create(ISOLATED)
        run(which, PATH + USE)
        exec(USE)
        interpreters.destroy(which)
        exec(USE)
        atom.swap(lambda state: {"n": 7})
        print(atom.deref(), heard[-1], type(atom) is atomos.Atom)
    """

    assert quiet(script(body, isolated)) == "{'n': 7} 7 True\n"


@pytest.mark.parametrize("isolated", KINDS)
def test_a_subinterpreter_may_import_before_the_main_one_and_outlive_nothing(
    isolated: bool,
) -> None:
    body = """
        which = create(ISOLATED)
        run(which, PATH + USE)
        interpreters.destroy(which)
        exec(USE)
        print("done")
    """

    assert quiet(script(body, isolated)) == "done\n"


@pytest.mark.parametrize("isolated", KINDS)
def test_subinterpreters_on_threads_do_not_disturb_each_other(isolated: bool) -> None:
    body = """
        exec(USE)
        failures = []
        def life():
            try:
                for _ in range(3):
                    which = create(ISOLATED)
                    run(which, PATH + USE)
                    interpreters.destroy(which)
            except BaseException as error:
                failures.append(error)
        threads = [threading.Thread(target=life) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(20):
            exec(USE)
        for thread in threads:
            thread.join()
        print(failures)
    """
    if isolated and sys.version_info < OWN_GIL:
        pytest.skip("before 3.12 all interpreters share one GIL and cannot run beside each other")

    assert quiet(script(body, isolated)) == "[]\n"


def test_classes_of_two_interpreters_are_two() -> None:
    body = """
        import atomos
        which = create(ISOLATED)
        run(which, PATH + "import atomos; atomos.AtomicInteger.get; print(id(atomos.Atom))")
        print(id(atomos.Atom))
    """

    theirs, ours = quiet(script(body, True)).split()
    assert theirs != ours
