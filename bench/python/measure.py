#!/usr/bin/env python3
"""Measures the Python package beside its peers, interleaved; writes JSON and Markdown, prints."""

import argparse
import datetime
import json
import os
import platform
import random
import re
import statistics
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import places  # noqa: E402
import tables  # noqa: E402
from engines import Engine, EngineEnded  # noqa: E402
from run import Patience, Progress, core_nanoseconds, processor, read_command, slug  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench python", description=__doc__)
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PATH",
        help="an interpreter (once for each; the 3.11 and the free-threaded 3.13)",
    )
    parser.add_argument("--build", default="build", help="where the environments go")
    parser.add_argument("--quick", action="store_true", help="a rough look")
    parser.add_argument(
        "--filter",
        default="",
        metavar="REGEX",
        help="only cells 'SUBJECT/OPERATION/VALUES/THREADS' that match; the floor",
    )
    parser.add_argument("--sweeps", type=int, help="how often everything is measured (15)")
    parser.add_argument("--slice", type=float, metavar="MS", help="length of one measurement (10)")
    parser.add_argument("--urgent", action="store_true", help="go before other programs (nice -20)")
    parser.add_argument(
        "--processor-time",
        action="store_true",
        help="one thread's time on a processor, not wall time: for busy machines",
    )
    parser.add_argument("--seed", type=int, help="of the order of the slices")
    parser.add_argument(
        "--out", metavar="DIR", help="where the results go (BUILD/bench-python/results)"
    )
    parser.add_argument("--save", action="store_true", help="put the results in bench/results")
    options = parser.parse_args()
    options.sweeps = options.sweeps or (5 if options.quick else 15)
    options.slice = options.slice or (4 if options.quick else 10)
    options.seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    options.out = Path(
        options.out
        or (
            HERE.parent / "results"
            if options.save
            else Path(options.build) / "bench-python" / "results"
        )
    )
    return options


class Sweeps:
    """The samples of one interpreter's packages."""

    def __init__(self, place, options, cores, progress):
        self.place, self.options, self.cores, self.progress = place, options, cores, progress
        self.patience = Patience(cores)
        self.about, self.samples = {}, {}
        # Every cell's note, in the order of the tables.
        self.notes = {}
        self.wrong = {}
        # How often a cell has ended its engine.
        self.ended = {}

    def wanted(self, cell):
        key = "/".join(cell[part] for part in ("subject", "op", "payload", "lanes"))
        return (
            cell["op"] == "loop"
            or key.startswith(("floor/", "lambda", "pickle"))
            or re.search(self.options.filter, key)
        )

    @staticmethod
    def key(group, cell):
        return (group, *(cell[part] for part in ("subject", "op", "payload", "lanes")))

    @staticmethod
    def words(key):
        return " ".join(part for part in key[1:] if part)

    def start(self):
        """A fresh engine for each package: the memory that it happens to get matters."""
        engines = {}
        for group in self.place.groups():
            try:
                engines[group] = Engine(self.place.command(group), self.options.urgent)
            except (OSError, RuntimeError, ValueError) as error:
                self.place.skipped[group] = str(error)
                continue
            for cell in engines[group].cells:
                self.notes[self.key(group, cell)] = cell["note"]
            self.about[group] = {
                key: value for key, value in engines[group].about.items() if key != "cells"
            }
        return engines

    def answer(self, engines, group, index, threads):
        """What an engine measures; where a peer brings it down, a new one, at most twice."""
        for tries in (1, 2, 3):
            try:
                return self.patience.run(engines[group], index, threads, self.options.slice * 1000)
            except EngineEnded:
                ended = engines[group]
                ended.close()
                engines[group] = Engine(ended.command, ended.urgent)
                what = self.words(self.key(group, ended.cells[index]))
                self.ended[what] = self.ended.get(what, 0) + 1
                if tries == 3:
                    raise

    def slice(self, engines, group, index, cell):
        threads = 1 if cell["lanes"] == "1" else 2
        key = self.key(group, cell)
        try:
            answer = self.answer(engines, group, index, threads)
        except RuntimeError as error:
            self.wrong[self.words(key)] = str(error)
            return
        if self.options.processor_time and threads == 1:
            answer["wall"] = answer["cpu"]
        self.samples.setdefault(key, []).append(core_nanoseconds(answer, self.cores))

    def order(self, engines):
        """All cells in random order, but those of one operation side by side: a machine that others
        share is now faster and now slower, and a ratio wants both sides from the same moment.
        """
        alike = {}
        for group, engine in engines.items():
            for index, cell in enumerate(engine.cells):
                if self.wanted(cell):
                    same = tuple(cell[part] for part in ("op", "payload", "lanes"))
                    alike.setdefault(same, []).append((group, index, cell))
        rows = list(alike.values())
        random.shuffle(rows)
        for row in rows:
            random.shuffle(row)
        return sum(rows, [])

    def sweep(self, number):
        engines = self.start()
        order = self.order(engines)
        for n, each in enumerate(order):
            self.progress.say(
                f"{self.place.name}: sweep {number + 1} of {self.options.sweeps}: "
                f"{n} of {len(order)} cells"
            )
            self.slice(engines, *each)
        for engine in engines.values():
            engine.close()

    def rows(self):
        """Every cell with its samples, the empty loop of the same engine and sweep subtracted."""
        loops = {key[0]: samples for key, samples in self.samples.items() if key[2] == "loop"}
        rows = []
        for key, note in self.notes.items():
            group, subject, op, payload, lanes = key
            samples = self.samples.get(key, [])
            loop = loops.get(group, [])
            if op == "loop" or min(len(samples), len(loop)) < self.options.sweeps:
                continue
            rows.append(
                {
                    "subject": subject,
                    "op": op,
                    "payload": payload,
                    "lanes": lanes,
                    "note": note,
                    "ns": [
                        float(f"{sample - empty:.4g}")
                        for sample, empty in zip(samples, loop, strict=True)
                    ],
                }
            )
        return rows, statistics.median(sum(loops.values(), []))


def describe(sweeps, options, cores):
    place = sweeps.place
    commit = read_command(["git", "rev-parse", "--short=10", "HEAD"]) or "uncommitted"
    if commit != "uncommitted" and read_command(
        ["git", "status", "--porcelain", "../include", "../src", "../python", "../pyproject.toml"]
    ):
        commit += "-changed"
    any_about = next(iter(sweeps.about.values()))
    return {
        "commit": commit,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": processor(),
        "cores": cores,
        "kernel": platform.release(),
        "interpreter": place.name,
        "compiler": any_about["compiler"],
        "gil": {group: about["gil"] for group, about in sweeps.about.items()},
        "versions": place.versions,
        "skipped": place.skipped,
        "missing": [each for about in sweeps.about.values() for each in about["missing"]],
        "wrong": sweeps.wrong,
        "ended": sweeps.ended,
        "sweeps": options.sweeps,
        "slice_ms": options.slice,
        "seed": options.seed,
        "filter": options.filter,
        "urgent": options.urgent,
        "processor_time": options.processor_time,
        "slices": sweeps.patience.slices,
        "repeated": sweeps.patience.repeated,
        "disturbed": sweeps.patience.left_disturbed,
    }


def write(result, directory):
    about = result["about"]
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{about['commit']}-{slug(about['cpu'])}-cpython-{about['interpreter']}"
    path = directory / f"{name}.json"
    lines = ",\n".join(json.dumps(row) for row in result["cells"])
    path.write_text(
        f'{{"about": {json.dumps(about, indent=1)},\n"cells": [\n{lines}]}}\n', encoding="utf-8"
    )
    text = tables.markdown(result)
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    return path, text


def main():
    options = arguments()
    random.seed(options.seed)
    cores = len(os.sched_getaffinity(0))
    progress = Progress()
    for name, executable in places.interpreters(options.python):
        load, begun = os.getloadavg()[0], time.monotonic()
        place = places.prepare(
            name, executable, options.build, lambda text: progress.say(text, force=True)
        )
        sweeps = Sweeps(place, options, cores, progress)
        for number in range(options.sweeps):
            sweeps.sweep(number)
        rows, loop = sweeps.rows()
        about = describe(sweeps, options, cores) | {
            "loop_ns": loop,
            "load_before": load,
            "seconds": round(time.monotonic() - begun),
        }
        progress.done()
        path, text = write({"about": about, "cells": rows}, options.out)
        print(text)
        print(f"written: {path} and {path.with_suffix('.md').name}\n")


if __name__ == "__main__":
    main()
