"""The package as it is installed: its files, its metadata, and what importing it does."""

from __future__ import annotations

import importlib.metadata
import json
import pathlib
import re
import subprocess
import sys
import sysconfig

import pytest

import atomos

FILES = [str(file) for file in importlib.metadata.files("atomos") or ()]
METADATA = importlib.metadata.metadata("atomos")
IMPORTED = ("atomos", "atomos.multiprocessing", "atomos.multiprocessing.atomic")

# Run by an interpreter of its own: what is there before and after the import.
LOOK = """
import importlib, json, os, sys

def state():
    files = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
             if os.path.exists(f"/proc/self/fd/{fd}")]
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        return {"threads": len(os.listdir("/proc/self/task")), "children": children.read().split(),
                "shared": sorted(os.listdir("/dev/shm")), "files": sorted(files),
                "here": sorted(os.listdir("."))}

state()
before = state()
importlib.import_module(sys.argv[1])
print(json.dumps([before, state()]))
"""


def run(*arguments: str, cwd: pathlib.Path, **environment: str) -> str:
    """What an isolated interpreter prints; its errors are shown."""
    return subprocess.run(
        [sys.executable, "-I", *arguments],
        cwd=cwd,
        env=environment or None,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def test_the_files_are_the_sources_the_hints_and_one_extension() -> None:
    suffix = sysconfig.get_config_var("EXT_SUFFIX")

    mine = [file for file in FILES if "__pycache__" not in file and ".dist-info/" not in file]

    extensions = [file for file in mine if file.endswith((".so", ".pyd"))]
    assert extensions == [f"atomos/_atomos{suffix}"]
    assert "atomos/py.typed" in mine
    assert "atomos/_atomos.pyi" in mine
    assert all(file.startswith("atomos/") for file in mine)
    assert {pathlib.Path(file).suffix for file in mine} == {".py", ".pyi", ".typed", ".so"}


def test_the_metadata_asks_for_nothing_but_python() -> None:
    assert METADATA["Requires-Python"] == ">=3.10"
    assert METADATA.get_all("Requires-Dist") is None
    assert METADATA["License-Expression"] == "BSD-3-Clause"
    assert any(file.endswith("licenses/LICENSE") for file in FILES)


def test_the_version_is_that_of_the_headers() -> None:
    header = pathlib.Path(__file__).parents[3] / "include/atomos/version.hpp"
    if not header.exists():
        pytest.skip("the headers are not here: the tests run outside of the repository")

    version = re.search(r'ATOMOS_VERSION_STRING "(.*)"', header.read_text())

    assert version is not None
    assert atomos.__version__ == METADATA["Version"] == version[1]


@pytest.mark.parametrize("module", IMPORTED)
def test_an_import_starts_nothing_and_leaves_nothing(module: str, tmp_path: pathlib.Path) -> None:
    before, after = json.loads(run("-B", "-c", LOOK, module, cwd=tmp_path))

    assert after == before


@pytest.mark.parametrize("module", IMPORTED)
def test_an_import_leaves_the_start_method_open(module: str, tmp_path: pathlib.Path) -> None:
    script = "import sys, importlib, multiprocessing as m; importlib.import_module(sys.argv[1]);"

    chosen = run("-c", script + "print(m.get_start_method(allow_none=True))", module, cwd=tmp_path)

    assert chosen == "None\n"


def test_threads_alone_do_not_import_multiprocessing(tmp_path: pathlib.Path) -> None:
    script = "import sys, atomos; print('multiprocessing' in sys.modules)"

    assert run("-c", script, cwd=tmp_path) == "False\n"


def test_a_free_threaded_interpreter_stays_free_threaded(tmp_path: pathlib.Path) -> None:
    script = "import sys, atomos.multiprocessing.atomic; print(sys._is_gil_enabled())"
    if not sysconfig.get_config_var("Py_GIL_DISABLED"):
        script = script.replace("sys._is_gil_enabled()", "False")

    assert run("-W", "error", "-c", script, cwd=tmp_path) == "False\n"


def test_of_its_own_symbols_the_extension_exports_its_entry_alone() -> None:
    installed = importlib.metadata.files("atomos") or ()
    extension = next(file.locate() for file in installed if file.suffix == ".so")

    listing = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--format=posix", str(extension)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout

    names = {line.split()[0] for line in listing.splitlines()}
    assert {name for name in names if "atomos" in name} == {"PyInit__atomos"}
