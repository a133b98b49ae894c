"""Runs the Python in the documents: what is not run is false.

    ```python             a program: runs by itself, and must exit with 0
    ```python fragment    continues the block before it, and runs after it
    ```python excluded    not run

A program's messages name the document's own lines, since each block keeps its place.
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "docs/python.md", "docs/migration.md"]
FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL
)
HANGS = 120


@dataclasses.dataclass(frozen=True)
class Program:
    """A block as it is run: what it continues, then itself, each on its own lines."""

    where: str
    line: int
    source: str

    def run(self, folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
        file = folder / f"{pathlib.Path(self.where).stem}_{self.line}.py"
        file.write_text(self.source, encoding="utf-8")
        regions = folder / "regions"
        regions.mkdir()
        return subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", str(file)],
            cwd=folder,
            env={**os.environ, "ATOMOS_REGIONS": str(regions)},
            capture_output=True,
            text=True,
            timeout=HANGS,
            check=False,
        )


def programs(where: str, text: str) -> list[Program]:
    """The Python programs of a document."""
    found: list[Program] = []
    for match in FENCE.finditer(text):
        language, *marks = match["info"].split() or [""]
        if language != "python":
            continue
        line = text.count("\n", 0, match.start()) + 1
        if marks == ["excluded"]:
            continue
        if marks not in ([], ["fragment"]):
            raise ValueError(f"{where}:{line}: what is `{match['info']}`?")
        if marks and not found:
            raise ValueError(f"{where}:{line}: a fragment of what?")
        before = found[-1].source if marks else ""
        blank = "\n" * (line - before.count("\n"))
        found.append(Program(where, line, before + blank + match["text"]))
    return found


def all_programs() -> list[Program]:
    return [
        program
        for document in DOCUMENTS
        for program in programs(document, (ROOT / document).read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("program", all_programs(), ids=lambda p: f"{p.where}:{p.line}")
def test_a_program_in_the_documents_runs(program, tmp_path):
    ran = program.run(tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_document_has_a_program(document):
    assert programs(document, (ROOT / document).read_text(encoding="utf-8"))


def fenced(info: str, text: str) -> str:
    return f"# A title\n\n```{info}\n{text}\n```\n"


def test_a_program_that_fails_names_the_documents_line(tmp_path):
    (program,) = programs("a.md", fenced("python", "x = 1\nassert x == 2"))

    ran = program.run(tmp_path)

    assert ran.returncode == 1
    assert ", line 5" in ran.stderr


def test_a_fragment_runs_after_the_block_that_it_continues(tmp_path):
    text = fenced("python", "x = 1") + fenced("python fragment", "assert x == 2")
    program = programs("a.md", text)[1]

    ran = program.run(tmp_path)

    assert ", line 9" in ran.stderr
    assert "AssertionError" in ran.stderr


def test_a_warning_is_a_fault(tmp_path):
    (program,) = programs("a.md", fenced("python", "import warnings\nwarnings.warn('old')"))

    ran = program.run(tmp_path)

    assert ran.returncode == 1


def test_other_languages_and_excluded_blocks_are_left_alone():
    text = fenced("cpp", "int x;") + fenced("python excluded", "x y") + fenced("", "x y")

    assert programs("a.md", text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (fenced("python fragmnt", "x"), "a.md:3: what is `python fragmnt`?"),
        (fenced("python fragment", "x"), "a.md:3: a fragment of what?"),
    ],
)
def test_a_block_that_is_wrongly_marked_is_a_fault(text, fault):
    with pytest.raises(ValueError, match=re.escape(fault)):
        programs("a.md", text)
