"""The source distribution: complete, without ballast, and a wheel comes out of it anywhere."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import tarfile
import venv
import zipfile

import pytest

ROOT = pathlib.Path(__file__).parents[3]


def pip(python: str | pathlib.Path, *arguments: str, cwd: pathlib.Path) -> None:
    """Runs pip; its output is shown if the test fails."""
    subprocess.run([str(python), "-m", "pip", *arguments], cwd=cwd, check=True)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A source distribution made from the repository, by the build backend's own entry."""
    if not (ROOT / "packaging").is_dir():
        pytest.skip("the repository is not here: the tests run from a source distribution")
    folder = tmp_path_factory.mktemp("source")
    script = "import sys, scikit_build_core.build as b; print(b.build_sdist(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, check=True)
    return next(folder.glob("*.tar.gz"))


def names_in(source: pathlib.Path) -> set[str]:
    """The members, relative to the one folder that holds them."""
    with tarfile.open(source) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_every_source_is_compiled_into_the_extension() -> None:
    listed = set(re.findall(r"src/\w+\.cpp", (ROOT / "python/CMakeLists.txt").read_text()))

    assert listed == {f"src/{file.name}" for file in (ROOT / "python/src").glob("*.cpp")}


def test_a_source_distribution_has_what_a_build_needs(source: pathlib.Path) -> None:
    names = names_in(source)

    needed = {"PKG-INFO", "pyproject.toml", "CMakeLists.txt", "README.md", "LICENSE"}
    needed |= {"include/atomos/version.hpp", "python/CMakeLists.txt", "python/atomos/py.typed"}
    assert needed <= names


def test_a_source_distribution_has_neither_builds_nor_benchmarks(source: pathlib.Path) -> None:
    tops = {name.partition("/")[0] for name in names_in(source)}

    assert not tops & {"build", "bench", "examples", "packaging", "tools", ".git", ".ci"}
    assert not any(name.endswith((".pyc", ".so")) for name in names_in(source))


def test_a_source_distribution_builds_in_an_empty_folder(
    source: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    pip(sys.executable, "wheel", "--no-deps", "--no-cache-dir", str(source), cwd=tmp_path)
    wheel = next(tmp_path.glob("atomos-*.whl"))
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty/bin/python"
    pip(python, "install", "--no-index", str(wheel), cwd=tmp_path)

    script = "import atomos; print(atomos.AtomicLong(41).increment_and_get())"
    answer = subprocess.run(
        [python, "-I", "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True
    ).stdout

    assert answer == "42\n"
    with zipfile.ZipFile(wheel) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".so")]) == 1
