"""A hanging test is told where, and ends the run; a random one prints a seed that can be given.

And the atom that the tests of cursors look into.
"""

import faulthandler
import os
import random

import pytest

from atomos import Atom, cursor

HANG = 240


@pytest.fixture(scope="session")
def terminal(request):
    """The standard error of the run, not the one that pytest captures."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        descriptor = os.dup(2)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(autouse=True)
def hang_guard(terminal):
    """Ends the run with every thread's traceback, instead of waiting for ever."""
    faulthandler.dump_traceback_later(HANG, exit=True, file=terminal)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def seed():
    """Printed where the test fails; ATOMOS_SEED gives it again."""
    chosen = int(os.environ.get("ATOMOS_SEED") or random.randrange(2**32))
    print(f"ATOMOS_SEED={chosen}")
    return chosen


@pytest.fixture
def state():
    return Atom({"users": 1, "jobs": ()})


@pytest.fixture
def users(state):
    return cursor(state, key="users")
