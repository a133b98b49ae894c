"""Walks the tables of docs/reference/names.md: what is there in C++ has the same name in Python.

What Python lacks stands in the table under `## Not in Python`, with the reason.
"""

from __future__ import annotations

import pathlib
import re

import pytest

import atomos

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ROOT / "docs" / "reference" / "names.md"
LEFT_OUT = "Not in Python"
# What C++ prints by an operator, Python prints by repr().
SPELLED = {"operator<<": "Atom::__repr__"}


def names_of(text: str) -> tuple[set[str], set[str]]:
    """The names in the tables' second column, and those that are said not to be in Python."""
    section, wanted, left_out = "", set(), set()
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:].strip()
        cells = line.split("|")[1:-1] if line.startswith("|") else []
        if len(cells) < 3 or cells[0].strip() == "there" or set(cells[0].strip()) <= {"-"}:
            continue
        column = 0 if section == LEFT_OUT else 1
        names = re.findall(r"`([^`]+)`", cells[column])
        (left_out if section == LEFT_OUT else wanted).update(names)
    return wanted, left_out


def exists(name: str) -> bool:
    found: object = atomos
    for part in SPELLED.get(name, name).split("::"):
        found = getattr(found, part, None)
    return found is not None


WANTED, NOT_THERE = names_of(TABLES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(WANTED - NOT_THERE))
def test_a_name_of_the_tables_is_there(name):
    assert exists(name)


@pytest.mark.parametrize("name", sorted(NOT_THERE))
def test_what_is_said_to_be_left_out_is_in_the_tables_and_not_there(name):
    assert name in WANTED
    assert not exists(name)


def test_the_tables_are_read():
    wanted, left_out = names_of(
        "## One\n\n| there | here | how |\n|---|---|---|\n| `a` | `Atom::swap` `nowhere` | |\n"
        "| `b` | — | why |\n\n"
        f"## {LEFT_OUT}\n\n| there | here | how |\n|---|---|---|\n| `nowhere` | — | why |\n"
    )

    assert (wanted, left_out) == ({"Atom::swap", "nowhere"}, {"nowhere"})
    assert exists("Atom::swap")
    assert not exists("nowhere")
