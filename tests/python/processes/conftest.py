"""Regions of a run live in a folder of its own; a test that hangs ends the run and says where."""

import faulthandler
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from .children import GUARD, SOAK, call

FOLDER = Path(tempfile.mkdtemp(prefix="atomos-test-"))
os.environ["ATOMOS_REGIONS"] = str(FOLDER)

settings.register_profile("processes", print_blob=True, deadline=None, max_examples=60)
settings.load_profile("processes")


def mapped_here(path):
    """Whether this process has the file in its memory."""
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return str(path.stat().st_ino) in (line.split()[4] for line in maps)


@pytest.fixture(scope="session", autouse=True)
def no_family_is_left():
    """At the end the only file is that of this run's own family, which ends with the run.

    The forkserver begins before a test gives its children another folder: it would keep that one.
    """
    call("forkserver", int)
    yield
    left = [path for path in FOLDER.iterdir() if not mapped_here(path)]
    shutil.rmtree(FOLDER)
    assert left == []


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
    faulthandler.dump_traceback_later(2 * GUARD + 20 * SOAK, exit=True, file=terminal)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def rng():
    """Random numbers; ATOMOS_SEED in the environment repeats a run."""
    seed = int(os.environ.get("ATOMOS_SEED") or random.SystemRandom().getrandbits(32))
    print(f"ATOMOS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder for regions, for this test's scripts alone."""
    regions = tmp_path / "regions"
    regions.mkdir()
    monkeypatch.setenv("ATOMOS_REGIONS", str(regions))
    return regions
