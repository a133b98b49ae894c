"""Measures one package in one interpreter. Speaks on standard input what ../main.cpp speaks;
measure.py starts a fresh one for each sweep and interleaves the slices of all.

engine.py GROUP [FOLDER...]: the folders go before everything else on the path.
"""

import gc
import json
import os
import platform
import re
import resource
import sys
import threading
import time
from itertools import repeat

import subjects
from cells import KEPT

# Pairs of statements in a loop's body: the loop itself is a tenth of a call.
PAIRS = 5
METHOD = re.compile(r"\bx\.(\w+)")


def gil():
    return getattr(sys, "_is_gil_enabled", lambda: True)()


class Bench:
    """A cell, compiled: a function that repeats its two statements."""

    def __init__(self, cell, imported):
        self.cell = cell
        self.names = dict(imported)
        self.setup = compile(cell.setup, cell.key, "exec")
        self.check = compile(cell.check, cell.key, "eval") if cell.check else None
        self.batch = None

    def make(self):
        """Fresh objects, made by the thread that asks: reference counts may be biased to it."""
        made = {}
        exec(self.setup, self.names, made)
        if self.batch is None:
            first, second, kept = self.statements()
            body = f"  {first}\n  {second}\n" * PAIRS
            source = f"def batch(turns, {', '.join(made)}):\n{kept} for _ in turns:\n{body}"
            place = {}
            exec(compile(source, self.cell.key, "exec"), self.names, place)
            self.batch = place["batch"]
        return made

    def statements(self):
        """The two, and the lines before the loop that look up what they call."""
        first, second = self.cell.first, self.cell.second
        if not self.cell.op.endswith(KEPT):
            return first, second, ""
        methods = sorted(set(METHOD.findall(first + second)))
        kept = "".join(f" {name} = x.{name}\n" for name in methods)
        return METHOD.sub(r"\1", first), METHOD.sub(r"\1", second), kept

    def right(self, made):
        return self.check is None or eval(self.check, self.names, made)


def lane(bench, made, nanoseconds, ready, answers):
    """One thread's share of a slice; should it raise, nobody waits for it."""
    try:
        answers.append(measure(bench, made, nanoseconds, ready))
    except BaseException:
        ready.abort()
        raise


def measure(bench, made, nanoseconds, ready):
    """Finds a number of turns that takes a fraction of the slice, then fills the slice with it."""
    made = made if made is not None else bench.make()
    batch, clock, cpu = bench.batch, time.perf_counter_ns, time.thread_time_ns
    chunk, turns = max(nanoseconds // 20, 100_000), 1
    ready.wait()
    while True:
        begin = clock()
        batch(repeat(None, turns), **made)
        spent = clock() - begin
        if spent >= chunk // 2:
            break
        turns = max(turns + 1, min(8 * turns, turns * chunk // max(spent, 1)))
    ready.wait()
    ops = 0
    switches = resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw
    used, begin = cpu(), clock()
    end = begin + nanoseconds
    while True:
        batch(repeat(None, turns), **made)
        ops += 2 * PAIRS * turns
        now = clock()
        if now >= end:
            break
    used = cpu() - used
    switches = resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw - switches
    return ops, now - begin, used, switches, bench.right(made)


def run(bench, threads, nanoseconds):
    own = bench.cell.lanes == "own"
    # Under the GIL threads take turns of 5 ms.
    nanoseconds *= 5 if threads > 1 and gil() else 1
    made = None if own else bench.make()
    if own:
        bench.make()
    answers, ready = [], threading.Barrier(threads)
    gc.collect()
    gc.disable()
    try:
        if threads == 1:
            lane(bench, made, nanoseconds, ready, answers)
        else:
            team = [
                threading.Thread(target=lane, args=(bench, made, nanoseconds, ready, answers))
                for _ in range(threads)
            ]
            for member in team:
                member.start()
            for member in team:
                member.join()
    finally:
        gc.enable()
    # On a shared object only the last to end sees its value at rest.
    if len(answers) < threads or not answers[-1][4] or (own and not all(a[4] for a in answers)):
        return {
            "error": "the value is wrong at the end"
            if len(answers) == threads
            else "a thread raised"
        }
    ops, wall, used, switches = (list(column) for column in list(zip(*answers, strict=True))[:4])
    # Who waits for the GIL is not disturbed.
    return {
        "ops": ops,
        "wall": wall,
        "cpu": used,
        "preempted": 0 if threads > 1 and gil() else sum(switches),
    }


def main():
    group, *folders = sys.argv[1:]
    sys.path[:0] = folders
    # What a peer prints must not be taken for an answer; and who waits for one has to hear that
    # this process has ended, though a server that a peer has forked lives on.
    out = os.dup(1)
    os.dup2(2, 1)
    os.register_at_fork(after_in_child=lambda: os.close(out))
    imported, benches, missing = {}, [], []
    for statement in subjects.imports(group):
        try:
            exec(statement, imported)
        except Exception as error:
            missing.append((group, f"{type(error).__name__}: {error}"))
    for cell in subjects.cells(group):
        bench = Bench(cell, imported)
        try:
            bench.batch or bench.make()
        except Exception as error:
            missing.append((cell.key, f"{type(error).__name__}: {error}"))
            continue
        benches.append(bench)
    about = {
        "version": platform.python_version(),
        "compiler": platform.python_compiler(),
        "gil": gil(),
        "missing": missing,
        "cells": [
            {
                "subject": bench.cell.subject,
                "op": bench.cell.op,
                "payload": bench.cell.payload,
                "lanes": bench.cell.lanes,
                "note": bench.cell.note,
            }
            for bench in benches
        ],
    }
    for line in sys.stdin:
        words = line.split()
        if words[0] == "list":
            answer = about
        else:
            index, threads, microseconds = map(int, words[1:])
            try:
                answer = run(benches[index], threads, 1000 * microseconds)
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
        os.write(out, (json.dumps(answer) + "\n").encode())


if __name__ == "__main__":
    main()
