#!/usr/bin/env python3
"""The tables of a result file, as Markdown. Alone: report.py RESULT.json"""

import json
import statistics
import sys

import goals

COLUMNS = [("peek", 1), ("peek", 2), ("keep", 1), ("keep", 2), ("swap", 1), ("swap", 2),
           ("mix99", 2), ("mix50", 2)]
WORDS = {"peek": "peek", "keep": "kept", "swap": "swap", "mix99": "99 % reads",
         "mix50": "50 % reads", "add": "add", "sum": "sum"}


class Result:
    """The samples of a run, by (subject, operation, payload, threads)."""

    def __init__(self, result):
        self.about = result["about"]
        self.cells = {(row["subject"], row["op"], row["payload"], row["threads"]): row["ns"]
                      for row in result["cells"]}
        self.probes = {(row["subject"], row["what"], row["threads"]): row["answers"]
                       for row in result["probes"]}

    def subjects(self, keys):
        return list(dict.fromkeys(key[0] for key in keys))

    def median(self, key):
        return statistics.median(self.cells[key])


def figure(value):
    """Three digits, which is more than a shared machine repeats."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}" if value < 0.095 else f"{value:.3g}"


def spread(samples):
    """Half the distance of the quartiles, in per cent of the median."""
    if len(samples) < 3:
        return ""
    low, middle, high = statistics.quantiles(samples, n=4, method="inclusive")
    return f" ±{(high - low) / 2 / middle * 100:.0f}%"


def table(head, rows):
    """A Markdown table whose columns also line up as plain text."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in [head] + rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def times(result, payload, columns):
    keys = [key for key in result.cells if key[2] == payload and key[1:2] + key[3:] in columns]
    rows = []
    for subject in result.subjects(keys):
        row = [subject]
        for op, threads in columns:
            samples = result.cells.get((subject, op, payload, threads))
            row.append(figure(statistics.median(samples)) + spread(samples) if samples else "")
        rows.append(row)
    head = [""] + [f"{WORDS[op]}, {threads}" for op, threads in columns]
    return table(head, rows) if rows else ""


def time_sections(result):
    counts = sorted({key[3] for key in result.cells})
    more = [(op, n) for op in ("peek", "keep", "swap", "mix99", "mix50")
            for n in counts if n > 2]
    names = {"int64": "int64", "struct64": "a struct of 64 bytes",
             "string40": "a std::string of 40 characters"}
    sections = []
    for payload, name in names.items():
        for columns in (COLUMNS, more):
            text = times(result, payload, columns)
            if text:
                sections.append((f"A shared immutable value: {name}"
                                 + (", more threads" if columns is more else ""), text))
    text = times(result, "int64", [("add", n) for n in counts])
    if text:
        sections.append(("Counters: add_and_get", text))
    text = times(result, "int64", [("sum", n) for n in counts])
    if text:
        sections.append(("Counters: the total, of so many threads' adds", text))
    return sections


# operation, payload, processes and what the column is called
SHARED_COLUMNS = [
    ("shared_add", "int64", 1, "add, 1"), ("shared_add", "int64", 2, "add, 2"),
    ("shared_read", "struct64", 1, "read 64 B"), ("shared_read", "struct1k", 1, "read 1 KiB"),
    ("shared_replace", "struct64", 1, "replace 64 B"),
    ("shared_replace", "struct1k", 1, "replace 1 KiB"),
    ("shared_update", "struct64", 1, "update 64 B"),
    ("shared_update", "struct1k", 1, "update 1 KiB"),
    ("beside", "struct64", 2, "read 64 B beside a writer"),
    ("wake", "int64", 2, "wake, in turn"), ("wake_asleep", "int64", 2, "wake, asleep")]


def shared(result):
    """What processes share: one row a subject over all operations."""
    columns = [key[:3] for key in SHARED_COLUMNS]
    rows = []
    for subject in result.subjects(key for key in result.cells if key[1:] in columns):
        samples = [result.cells.get((subject,) + column) for column in columns]
        rows.append([subject] + [figure(statistics.median(sample)) + spread(sample) if sample
                                 else "" for sample in samples])
    return table([""] + [column[3] for column in SHARED_COLUMNS], rows) if rows else ""


def writers(result):
    shares = [key for key in result.probes if key[1] == "share"]
    rows = [[subject, f"{statistics.median(result.probes[subject, 'share', 2]):.2f}",
             f"{min(result.probes[subject, 'share', 2]):.2f}"] for subject, _, _ in shares]
    return table(["share of the weaker of two writers", "median", "worst"], rows) if rows else ""


def tails(result):
    rows = []
    for subject, what, threads in result.probes:
        if what == "tail":
            answers = result.probes[subject, what, threads]
            rows.append([subject] + [
                figure(statistics.median(answer[q] for answer in answers))
                for q in ("p50", "p99", "p999", "p9999")])
    return table(["ns a read beside a looping writer", "50 %", "99 %", "99.9 %", "99.99 %"],
                 rows) if rows else ""


def waiting(result):
    keys = [key for key in result.probes if key[1] == "waiting"]
    rows = []
    for subject in result.subjects(keys):
        row = [subject]
        for threads in (1, 2, 4):
            answers = result.probes.get((subject, "waiting", threads))
            row.append("" if answers is None else
                       f"{max(a['max'] for a in answers)} / "
                       f"{statistics.median(a['mean'] for a in answers):.1f} / "
                       f"{max(a['settled'] for a in answers)}")
        rows.append(row)
    return table(["replaced values alive: most / mean / at the end", "1 thread", "2", "4"],
                 rows) if rows else ""


def memory(result):
    keys = [key for key in result.probes if key[1] == "atom_memory"]
    rows = []
    for subject in result.subjects(keys):
        atom = result.probes[subject, "atom_memory", 1][0]
        thread = result.probes.get((subject, "thread_memory", 1), [{}])[0]
        rows.append([subject, atom["sizeof"], f"{atom['heap']:.0f}", f"{atom['resident']:.0f}",
                     f"{thread.get('heap', 0):,.0f}", f"{thread.get('resident', 0):,.0f}"])
    return table(["bytes", "sizeof", "heap per atom", "resident per atom", "heap per thread",
                  "resident per thread"], rows) if rows else ""


def header(about):
    lines = [
        f"commit {about['commit']}, {about['date']}",
        f"{about['cpu']}, {about['cores']} processors, Linux {about['kernel']}",
        f"{about['compiler']} {about['flags']}; {', '.join(about['others'])}",
        f"{about['sweeps']} sweeps of {about['slice_ms']:g} ms slices in random order "
        f"(seed {about['seed']}), {about.get('seconds', '?')} s, "
        f"load before the run {about['load_before']:.1f}{', urgent' * about['urgent']}; other "
        f"programs got into slices: {about['repeated']} were measured again, {about['disturbed']} "
        f"of {about['slices']} stayed disturbed",
    ] + [f"left out: {reason}" for reason in about["skipped"]]
    return "\n".join(f"- {line}" for line in lines)


def markdown(raw):
    result = Result(raw)
    sections = time_sections(result)
    for title, text in (("Shared between processes", shared(result)),
                        ("Two writers", writers(result)), ("A reader's tail", tails(result)),
                        ("Values that wait", waiting(result)), ("Memory", memory(result))):
        if text:
            sections.append((title, text))
    for title, head, rows, note in goals.judge(result):
        if rows:
            sections.append((title, table(head, rows) + "\n\n" + note))
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections)
    return (f"# What a shared value costs\n\n{header(result.about)}\n\n"
            "Core-nanoseconds per operation (wall x min(threads, processors) / operations): "
            "median of the sweeps, ± half the distance of the quartiles. Columns: operation, "
            f"threads or processes.\n\n{body}\n")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(markdown(json.load(file)))
