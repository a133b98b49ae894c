#!/usr/bin/env python3
"""The tables of a result file, as Markdown. Alone: tables.py RESULT.json"""

import json
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import judge  # noqa: E402
from report import figure, spread, table  # noqa: E402

FAMILIES = {
    "int": "Integers between threads",
    "float": "Floats between threads",
    "bool": "Booleans between threads",
    "ref": "References between threads",
    "atom": "Atoms between threads",
    "process int": "Integers between processes",
    "process ref": "References between processes: a dict of three",
    "process atom": "Atoms between processes: a dict of three",
    "floor": "The floor",
}


class Result:
    """The samples of a run, by (subject, operation, values, threads)."""

    def __init__(self, result):
        self.about = result["about"]
        self.cells, self.notes = {}, {}
        for row in result["cells"]:
            key = (row["subject"], row["op"], row["payload"], row["lanes"])
            self.cells[key], self.notes[key] = row["ns"], row["note"]

    def median(self, key):
        return statistics.median(self.cells[key])


def unique(items):
    return list(dict.fromkeys(items))


def family_table(result, keys, numbered):
    """Operations down, subjects across; a note by its number."""
    subjects = unique(key[0] for key in keys)
    rows = []
    for line in unique(key[1:] for key in keys):
        op, payload, lanes = line
        row = [
            " ".join(filter(None, [op.split(".", 1)[1], payload]))
            + ("" if lanes == "1" else f", {judge.LANES[lanes]}")
        ]
        for subject in subjects:
            key = (subject, *line)
            if key not in result.cells:
                row.append("")
                continue
            note = result.notes[key]
            mark = f" [{numbered.setdefault(note, len(numbered) + 1)}]" if note else ""
            row.append(figure(result.median(key)) + spread(result.cells[key]) + mark)
        rows.append(row)
    return table(["", *subjects], rows)


def family_sections(result, numbered):
    sections = []
    for family, title in FAMILIES.items():
        for many in (False, True):
            keys = [
                key
                for key in result.cells
                if key[1].rsplit(".", 1)[0] == family and (key[3] != "1") == many
            ]
            if keys:
                sections.append(
                    (title + ", two threads" * many, family_table(result, keys, numbered))
                )
    return sections


def header(about):
    gil = "with the GIL" if any(about["gil"].values()) else "without the GIL"
    lines = [
        f"commit {about['commit']}, {about['date']}",
        f"{about['cpu']}, {about['cores']} processors, Linux {about['kernel']}",
        f"CPython {about['interpreter']} ({about['compiler']}), {gil}; "
        + ", ".join(f"{name} {version}" for name, version in about["versions"].items()),
        f"{about['sweeps']} sweeps of {about['slice_ms']:g} ms slices in random order, "
        f"one operation's side by side (seed {about['seed']}), "
        f"{about['seconds']} s, load before the run "
        f"{about['load_before']:.1f}"
        f"{', urgent' * about['urgent']}; other programs got into slices: {about['repeated']} were "
        f"measured again, {about['disturbed']} of {about['slices']} stayed disturbed",
    ]
    if about["processor_time"]:
        lines.append("of one thread the time on a processor, not wall time")
    if len(set(about["gil"].values())) > 1:
        lines.append(
            "with the GIL after their import: "
            + ", ".join(name for name, value in about["gil"].items() if value)
        )
    lines += [f"left out: {name}: {why}" for name, why in about["skipped"].items()]
    reasons = {}
    for what, why in [*about["missing"], *about["wrong"].items()]:
        reasons.setdefault(why, []).append(what)
    lines += [
        f"not measured: {what[0]}{f' and {len(what) - 1} more' * (len(what) > 1)}: {why}"
        for why, what in reasons.items()
    ]
    lines += [
        f"{what} brought its process down {times} time{'s' * (times > 1)}; a new one went on"
        for what, times in about.get("ended", {}).items()
    ]
    return "\n".join(f"- {line}" for line in lines)


def markdown(raw):
    result, numbered = Result(raw), {}
    sections = family_sections(result, numbered)
    if numbered:
        notes = "\n".join(f"{number}. {note}" for note, number in numbered.items())
        sections.append(("Where a call is not quite the same", notes))
    for title, head, rows, note in judge.judge(result):
        if rows:
            sections.append((title, table(head, rows) + "\n\n" + note))
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections)
    return (
        f"# What an atomic call costs in Python\n\n{header(result.about)}\n\n"
        "Nanoseconds a call (of two threads: wall x min(threads, processors) / calls): median of "
        "the sweeps, ± half the distance of the quartiles. The loop around ten calls is "
        f"subtracted, {result.about['loop_ns']:.2g} ns a call. Values: *small* ones are in the "
        f"interpreter's cache, *large* ones are not.\n\n{body}\n"
    )


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(markdown(json.load(file)))
