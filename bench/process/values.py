"""The same operations on what Python shares between processes. Speaks on standard input what
../main.cpp speaks; run.py interleaves the slices of all."""

import ctypes
import json
import multiprocessing
import os
import platform
import resource
import sys
import time

BATCH = 50
FORK = multiprocessing.get_context("fork")
PROCESSORS = sorted(os.sched_getaffinity(0))


class Struct64(ctypes.Structure):
    _fields_ = [("words", ctypes.c_int64 * 8)]


class Struct1k(ctypes.Structure):
    _fields_ = [("words", ctypes.c_int64 * 128)]


def put(value, number):
    value.words[0] = value.words[-1] = number


class Counter:
    """A multiprocessing.Value of an integer."""

    def __init__(self, _):
        self.value = FORK.Value(ctypes.c_int64, 0)

    def batch(self):
        value = self.value
        for _ in range(BATCH):
            with value.get_lock():
                value.value += 1

    def count(self):
        return self.value.value


class Value:
    """A multiprocessing.Value of a struct, copied out and in under its lock."""

    def __init__(self, kind):
        self.kind = kind
        self.value = FORK.Value(kind)
        self.next = kind()

    def read(self):
        with self.value.get_lock():
            return self.kind.from_buffer_copy(self.value.get_obj())

    def read_batch(self):
        for _ in range(BATCH):
            copy = self.read()
            if copy.words[0] != copy.words[-1]:
                raise ValueError("a value was torn")

    def replace_batch(self):
        size = ctypes.sizeof(self.kind)
        for _ in range(BATCH):
            put(self.next, self.next.words[0] + 1)
            with self.value.get_lock():
                ctypes.memmove(ctypes.addressof(self.value.get_obj()),
                               ctypes.addressof(self.next), size)

    def update_batch(self):
        for _ in range(BATCH):
            with self.value.get_lock():
                put(self.value, self.value.words[0] + 1)

    def count(self):
        return self.read().words[0]


class Managed:
    """A value in a manager's process, which everybody asks."""

    manager = None

    def __init__(self, kind):
        if Managed.manager is None:
            Managed.manager = FORK.Manager()
        self.size = ctypes.sizeof(kind)
        self.value = Managed.manager.Value(bytes, bytes(self.size))
        self.made = 0

    def read_batch(self):
        for _ in range(BATCH):
            copy = self.value.get()
            if copy[:8] != copy[-8:]:
                raise ValueError("a value was torn")

    def replace_batch(self):
        rest = bytes(self.size - 16)
        for _ in range(BATCH):
            self.made += 1
            ends = self.made.to_bytes(8, "little")
            self.value.set(ends + rest + ends)

    def count(self):
        return int.from_bytes(self.value.get()[:8], "little")


def cell_list():
    """Each cell: subject, operation, payload, most processes, class, payload type, batch."""
    cells = [("multiprocessing.Value", "shared_add", "int64", 16, Counter, None, "batch")]
    payloads = (("struct64", Struct64), ("struct1k", Struct1k))
    for name, subject in (("multiprocessing.Value", Value), ("multiprocessing.Manager", Managed)):
        for op in ("read", "replace", "update"):
            if hasattr(subject, f"{op}_batch"):
                cells += [(name, f"shared_{op}", payload, 1, subject, kind, f"{op}_batch")
                          for payload, kind in payloads]
        cells.append((name, "beside", "struct64", 2, subject, Struct64, "read_batch"))
    return cells


CELLS = cell_list()


def lane_work(work, length, lane, processes, start, lanes):
    """What one process does: ops, wall, cpu, preemptions and warm-up go to its row of `lanes`."""
    if processes <= len(PROCESSORS):
        os.sched_setaffinity(0, {PROCESSORS[lane]})
    start.wait()
    work()
    switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
    cpu, begin = time.thread_time_ns(), time.perf_counter_ns()
    batches, now = 0, begin
    while now - begin < length:
        work()
        batches += 1
        now = time.perf_counter_ns()
    lanes[5 * lane:5 * lane + 5] = [
        batches * BATCH, now - begin, time.thread_time_ns() - cpu,
        resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw - switches, BATCH]


def writer_work(subject, start, over, lanes):
    if len(PROCESSORS) > 1:
        os.sched_setaffinity(0, {PROCESSORS[1]})
    subject.replace_batch()
    start.wait()
    batches = 1
    while not over.value:
        subject.replace_batch()
        batches += 1
    lanes[5] = batches * BATCH


def run(index, processes, nanoseconds):
    _, op, _, most, kind, payload, batch = CELLS[index]
    if not 1 <= processes <= most:
        return {"error": f"{processes} processes"}
    subject = kind(payload)
    beside = op == "beside"
    total = 2 if beside else processes
    start = FORK.Barrier(total)
    over = FORK.RawValue(ctypes.c_bool, False)
    lanes = FORK.RawArray(ctypes.c_int64, 5 * total)
    team = [FORK.Process(target=lane_work, daemon=True,
                         args=(getattr(subject, batch), nanoseconds, lane, total, start, lanes))
            for lane in range(1 if beside else total)]
    writers = [FORK.Process(target=writer_work, args=(subject, start, over, lanes), daemon=True)
               ] if beside else []
    for member in team + writers:
        member.start()
    for member in team:
        member.join()
    over.value = True
    for member in writers:
        member.join()
    if any(member.exitcode for member in team + writers):
        return {"error": "a process did not end well"}
    ops, wall, cpu, preempted, warm = (lanes[column::5] for column in range(5))
    if beside:
        made, ops, wall, cpu = ops[1], ops[:1], wall[:1], cpu[:1]
    else:
        made = 0 if op == "shared_read" else sum(ops) + sum(warm)
    if subject.count() != made:
        return {"error": f"counted {subject.count()}, made {made}"}
    return {"ops": ops, "wall": wall, "cpu": cpu, "preempted": sum(preempted)}


def answer(words):
    if words[0] == "list":
        keys = ("subject", "op", "payload", "max_threads")
        return {"compiler": f"CPython {platform.python_version()}",
                "cells": [dict(zip(keys, cell)) for cell in CELLS]}
    index, processes, microseconds = map(int, words[1:])
    return run(index, processes, 1000 * microseconds)


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(line.split())), flush=True)
