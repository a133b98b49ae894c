"""try_add and add_clamped of AtomicFloat between processes: as between threads."""

import math

import pytest

from atomos import atomic as threads
from atomos.multiprocessing.atomic import AtomicFloat

NUMBERS = [0.0, -0.0, 1.5, -2, math.inf, -math.inf, math.nan, 1.7976931348623157e308]


def outcome(number, name, *arguments):
    try:
        return repr(getattr(number, name)(*arguments)), repr(number.get())
    except (ValueError, OverflowError, TypeError) as error:
        return type(error), str(error), repr(number.get())


@pytest.mark.parametrize("name", ["try_add", "add_clamped"])
def test_what_it_does_between_threads_it_does_between_processes(name):
    for value in (1.0, -1.7976931348623157e308, math.nan, math.inf):
        for delta in NUMBERS:
            for lo, hi in ((-2, 2), (2, -2), (0.0, math.inf), (math.nan, 1.0), (-math.inf, 0)):
                ours, twin = AtomicFloat(value), threads.AtomicFloat(value)

                arguments = (name, delta, lo, hi)

                assert outcome(ours, *arguments) == outcome(twin, *arguments)


@pytest.mark.parametrize("wrong", ["1", None, 1j, 10**400])
def test_what_is_no_float_is_refused_and_nothing_changes(wrong):
    number = AtomicFloat(1.0)

    for arguments in ((wrong, 0, 1), (1, wrong, 1), (1, 0, wrong)):
        for name in ("try_add", "add_clamped"):
            with pytest.raises((TypeError, OverflowError)):
                getattr(number, name)(*arguments)

    assert number.get() == 1.0
