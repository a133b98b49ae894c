"""What `import atomos` makes available, and the errors' relations."""

import inspect
import subprocess
import sys

import pytest

import atomos
import atomos.atomic
import atomos.errors

NAMES = [
    ("atom", "Atom"),
    ("atom", "ARef"),
    ("atom", "Cursor"),
    ("atom", "cursor"),
    ("atom", "Lens"),
    ("atom", "lens"),
    ("atom", "snapshot_all"),
    ("atom", "transact"),
    ("atom", "try_transact"),
    *(("atomic", kind) for kind in (
        "AtomicReference", "AtomicBoolean", "AtomicNumber", "AtomicInteger", "AtomicLong",
        "AtomicFloat", "Attempt", "AtomicStampedReference", "AtomicMarkableReference",
        "AtomicArray", "AtomicReferenceArray", "AtomicBooleanArray", "AtomicNumberArray",
        "AtomicIntegerArray", "AtomicLongArray", "AtomicFloatArray", "LongAdder", "DoubleAdder",
        "LongAccumulator", "DoubleAccumulator", "AtomicView", "SwapOptions", "TryOptions",
    )),
    *(("errors", name) for name in (
        "Error", "Unavailable", "NotFound", "AlreadyExists", "PermissionDenied", "Full",
        "Mismatch", "Damaged", "OutcomeUnknown", "ValidationError",
        "WouldDeadlock",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_the_package_and_its_module_export_the_same_object(module, name):
    assert getattr(atomos, name) is getattr(getattr(atomos, module), name)


def test_import_atomos_makes_the_thread_modules_available_and_nothing_else():
    program = (
        "import sys, threading, atomos\n"
        "atomos.atom.Atom, atomos.atomic.AtomicLong, atomos.util.repr, atomos.errors.Error\n"
        "assert 'atomos.multiprocessing' not in sys.modules\n"
        "assert threading.active_count() == 1\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_a_string_of_numbers():
    assert all(part.isdigit() for part in atomos.__version__.split(".")[:2])


def test_every_error_is_an_atomos_error_and_a_runtime_error():
    errors = [error for _, error in inspect.getmembers(atomos.errors, inspect.isclass)]

    assert len([error for error in errors if issubclass(error, atomos.Error)]) >= 10
    assert issubclass(atomos.Error, RuntimeError)
    assert issubclass(atomos.ValidationError, atomos.Error)
    assert issubclass(atomos.ValidationError, ValueError)
    assert not issubclass(atomos.NotFound, ValueError)


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_a_class_has_a_docstring_and_says_where_it_lives(module, name):
    kind = getattr(atomos, name)

    assert kind.__doc__
    assert kind.__name__ == name
    assert kind.__module__.split(".")[0] == "atomos"
    assert "_" not in kind.__module__


@pytest.mark.parametrize(
    "kind",
    [
        atomos.Atom,
        atomos.ARef,
        atomos.AtomicReference,
        atomos.AtomicInteger,
        atomos.AtomicBoolean,
        atomos.AtomicStampedReference,
        atomos.AtomicMarkableReference,
        atomos.AtomicIntegerArray,
        atomos.AtomicBooleanArray,
        atomos.LongAdder,
        atomos.DoubleAdder,
        atomos.LongAccumulator,
        atomos.DoubleAccumulator,
        atomos.AtomicView,
        atomos.Cursor,
    ],
)
def test_every_public_member_has_a_docstring(kind):
    bare = [
        name
        for name, member in inspect.getmembers(kind)
        if not name.startswith("_") and callable(member) and not member.__doc__
    ]

    assert bare == []


def test_an_attempt_is_a_pair_that_says_who_won():
    attempt = atomos.Attempt(won=True, now=3)

    won, now = attempt

    assert (won, now) == (True, 3)
    assert attempt == (True, 3)
    assert attempt._fields == ("won", "now")
    assert repr(attempt) == "Attempt(won=True, now=3)"


def test_unchanged_says_its_name():
    assert "UNCHANGED" in repr(atomos.UNCHANGED)
