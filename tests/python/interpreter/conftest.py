"""What every test here gets: a guard against hanging, and a seed that is printed."""

from __future__ import annotations

import faulthandler
import os
import random
import sys
from collections.abc import Iterator

import pytest

from .together import SOAK

GUARD = 300 + 20 * SOAK


@pytest.fixture(scope="session")
def terminal(request: pytest.FixtureRequest) -> Iterator[int]:
    """The standard error of the run, not the one that pytest captures."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        descriptor = os.dup(2)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(autouse=True)
def hang_guard(terminal: int) -> Iterator[None]:
    """Ends the whole run, with the stacks of all threads, if a test never ends."""
    faulthandler.dump_traceback_later(GUARD, exit=True, file=terminal)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def frequent_switches() -> Iterator[None]:
    """Lets threads take the GIL from each other every few bytecodes, where there is one."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def rng() -> random.Random:
    """Random numbers; ATOMOS_SEED in the environment repeats a run."""
    seed = int(os.environ.get("ATOMOS_SEED") or random.SystemRandom().getrandbits(32))
    print(f"ATOMOS_SEED={seed}")
    return random.Random(seed)
