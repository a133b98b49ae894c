#!/usr/bin/env python3
"""Measures atomos beside its alternatives, interleaved; writes JSON and Markdown, prints the table."""

import argparse
import datetime
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import engines
import report

HERE = Path(__file__).resolve().parent
OPERATIONS = ("peek", "keep", "swap", "mix99", "mix50", "add", "sum")
# Of what processes share, with the numbers of processes.
PROCESS_OPERATIONS = {"shared_add": (1, 2), "shared_read": (1,), "shared_replace": (1,),
                      "shared_update": (1,), "beside": (2,), "wake": (2,), "wake_asleep": (2,)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release", help="where atomos-bench was built")
    parser.add_argument("--quick", action="store_true", help="a rough look, well under 90 s")
    parser.add_argument("--filter", default="", metavar="REGEX",
                        help="only cells 'SUBJECT/OPERATION/PAYLOAD/THREADS' that match")
    parser.add_argument("--sweeps", type=int, help="how often everything is measured (11)")
    parser.add_argument("--slice", type=float, metavar="MS", help="length of one measurement (25)")
    parser.add_argument("--urgent", action="store_true",
                        help="go before other programs (nice -20, needs the right to)")
    parser.add_argument("--seed", type=int, help="of the order of the slices")
    parser.add_argument("--out", metavar="DIR", help="where the results go (BUILD/bench/results)")
    parser.add_argument("--save", action="store_true", help="put the results in bench/results")
    options = parser.parse_args()
    options.sweeps = options.sweeps or (5 if options.quick else 11)
    options.slice = options.slice or (12 if options.quick else 25)
    options.seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    options.out = Path(options.out or (HERE / "results" if options.save
                                       else Path(options.build) / "bench" / "results"))
    return options


class Progress:
    """One live line on a terminal, a plain line now and then elsewhere."""

    def __init__(self):
        self.live = sys.stderr.isatty()
        self.begin = self.last = time.monotonic()

    def say(self, text, force=False):
        now = time.monotonic()
        if not force and now - self.last < (0.2 if self.live else 20):
            return
        self.last = now
        line = f"{now - self.begin:4.0f} s  {text}"
        print(f"\r\033[K{line}" if self.live else line, end="" if self.live else "\n",
              file=sys.stderr, flush=True)

    def done(self):
        if self.live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def thread_counts(cores, quick):
    counts = [1, 2] if quick else [1, 2, 4]
    return counts + [n for n in (8, 16) if n <= cores and not quick]


def plan(running, counts, pattern):
    """Every (engine, cell, threads) that is to be measured."""
    wanted = []
    for engine in running:
        for index, cell in enumerate(engine.cells):
            lanes = PROCESS_OPERATIONS.get(cell["op"], counts if cell["op"] in OPERATIONS else ())
            for threads in lanes:
                key = f"{cell['subject']}/{cell['op']}/{cell['payload']}/{threads}"
                if threads <= cell["max_threads"] and re.search(pattern, key):
                    wanted.append((engine, index, cell, threads))
    return wanted


def core_nanoseconds(answer, cores):
    """Wall time x min(threads, cores) / operations, every thread by its own clock."""
    rate = sum(ops / wall for ops, wall in zip(answer["ops"], answer["wall"]))
    return min(len(answer["ops"]), cores) / rate


def disturbed(answer):
    """Whether the kernel gave a processor to somebody else meanwhile, for more than a moment.

    A thread that waits for a mutex runs less too; but it was not preempted. The JVMs do not say.
    """
    return (answer.get("preempted", 1) > 0
            and sum(answer["cpu"]) < 0.97 * sum(answer["wall"]))


class Patience:
    """Measures a slice again, at most twice, where other programs took processor time from it.

    With more threads than processors there is no telling: those are taken as they come. On a busy
    machine nothing is undisturbed, so at most every second slice may be followed by another.
    """

    def __init__(self, cores):
        self.cores = cores
        self.slices = 0
        self.repeated = 0
        self.left_disturbed = 0

    def run(self, engine, index, threads, microseconds):
        self.slices += 1
        for tries in (1, 2, 3):
            answer = engine.run(index, threads, microseconds)
            if threads > self.cores or not disturbed(answer):
                return answer
            if tries == 3 or 2 * self.repeated > self.slices:
                break
            self.repeated += 1
        self.left_disturbed += 1
        return answer


def measure(running, options, cores, progress):
    """The sweeps: every cell for one slice, in another order each time."""
    wanted = plan(running, thread_counts(cores, options.quick), options.filter)
    for engine, index in {(engine, index): None for engine, index, _, _ in wanted}:
        if engine.warms_up:
            progress.say(f"warming {engine.cells[index]['subject']}")
            engine.run(index, 1, 150_000 if options.quick else 500_000)
    results = {}
    patience = Patience(cores)
    order = list(wanted)
    for sweep in range(options.sweeps):
        random.shuffle(order)
        for n, (engine, index, cell, threads) in enumerate(order):
            progress.say(f"sweep {sweep + 1} of {options.sweeps}: {n} of {len(order)} cells")
            answer = patience.run(engine, index, threads, options.slice * 1000)
            key = (cell["subject"], cell["op"], cell["payload"], threads)
            result = results.setdefault(key, {"ns": [], "cpu": []})
            result["ns"].append(core_nanoseconds(answer, cores))
            result["cpu"].append(sum(answer["cpu"]) / sum(answer["ops"]))
    rows = []
    for engine, index, cell, threads in wanted:
        key = (cell["subject"], cell["op"], cell["payload"], threads)
        rows.append(dict(zip(("subject", "op", "payload", "threads"), key))
                    | {"ns": [float(f"{value:.4g}") for value in results[key]["ns"]],
                       "cpu": float(f"{statistics.median(results[key]['cpu']):.4g}")})
    return rows, patience


def probe(running, options, progress):
    """Shares, tails, values that wait and memory. Memory needs a fresh process each time."""
    native = running[0]
    repeats, length = (2, 50_000) if options.quick else (5, 200_000)
    found = []

    def add(subject, what, threads, answers):
        found.append({"subject": subject, "what": what, "threads": threads, "answers": answers})

    for engine in running:
        for index, cell in enumerate(engine.cells):
            subject, op = cell["subject"], cell["op"]
            if not re.search(options.filter, f"{subject}/{op}/{cell['payload']}"):
                continue
            progress.say(f"{op} of {subject}")
            if op == "swap" and cell["payload"] == "int64" and cell["max_threads"] > 1:
                answers = [engine.run(index, 2, length)["ops"] for _ in range(repeats)]
                add(subject, "share", 2, [min(ops) / max(ops) for ops in answers])
            elif op == "tail":
                add(subject, op, 2, [engine.run(index, 2, length) for _ in range(repeats)])
            elif op == "waiting":
                for threads in (1, 2, 4):
                    if threads <= cell["max_threads"]:
                        answers = [engine.run(index, threads, length) for _ in range(2)]
                        add(subject, op, threads, answers)
            elif op in ("atom_memory", "thread_memory"):
                fresh = engines.Engine(native.command, options.urgent)
                add(subject, op, 1, [fresh.run(index, 1, 0)])
                fresh.close()
    return found


def read_command(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True,
                              cwd=HERE).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def processor():
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    name = re.search(r"^model name\s*:\s*(.*)$", text, re.MULTILINE)
    return name.group(1) if name else platform.machine()


def describe(running, skipped, options, cores):
    commit = read_command(["git", "rev-parse", "--short=10", "HEAD"]) or "uncommitted"
    changes = read_command(["git", "status", "--porcelain", "../include", "../src"])
    if commit != "uncommitted" and changes:
        commit += "-changed"
    return {
        "commit": commit,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": processor(),
        "cores": cores,
        "kernel": platform.release(),
        "compiler": running[0].about["compiler"],
        "flags": running[0].about["flags"],
        "others": list(dict.fromkeys(engine.about["compiler"] for engine in running
                                     if "flags" not in engine.about)),
        "skipped": skipped,
        "sweeps": options.sweeps,
        "slice_ms": options.slice,
        "seed": options.seed,
        "filter": options.filter,
        "load_before": os.getloadavg()[0],
        "urgent": options.urgent,
    }


def slug(text):
    return re.sub(r"[^a-z0-9.+]+", "-", text.lower()).strip("-")


def write(result, directory):
    about = result["about"]
    compiler = " ".join(about["compiler"].split()[:2])
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{about['commit']}-{slug(about['cpu'])}-{slug(compiler)}.json"
    lines = ",\n".join(json.dumps(row) for row in result["cells"])
    probes = ",\n".join(json.dumps(row) for row in result["probes"])
    path.write_text(f'{{"about": {json.dumps(about, indent=1)},\n"cells": [\n{lines}],\n'
                    f'"probes": [\n{probes}]}}\n', encoding="utf-8")
    text = report.markdown(result)
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    return path, text


def main():
    options = arguments()
    random.seed(options.seed)
    cores = len(os.sched_getaffinity(0))
    progress = Progress()
    running, skipped = engines.start(options.build, options.urgent)
    about = describe(running, skipped, options, cores)
    rows, patience = measure(running, options, cores, progress)
    about |= {"slices": patience.slices, "repeated": patience.repeated,
              "disturbed": patience.left_disturbed}
    probes = probe(running, options, progress)
    for engine in running:
        engine.close()
    about["seconds"] = round(time.monotonic() - progress.begin)
    progress.done()
    path, text = write({"about": about, "cells": rows, "probes": probes}, options.out)
    print(text)
    print(f"written: {path} and {path.with_suffix('.md').name}")


if __name__ == "__main__":
    main()
