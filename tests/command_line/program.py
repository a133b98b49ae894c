"""What the tests of the command line share: the program, in a folder of regions of its own."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["ATOMOS_PROGRAM"]
NEIGHBOUR = os.environ["ATOMOS_NEIGHBOUR"]

DONE, COMPARE_FAILED, USAGE, NOT_THERE, DAMAGED, NOT_PERMITTED, FULL, MISMATCH, UNAVAILABLE, OVERFLOW = range(10)


class Case(unittest.TestCase):
    def setUp(self):
        self.regions = tempfile.mkdtemp(prefix="atomos-cli-")
        self.addCleanup(shutil.rmtree, self.regions, ignore_errors=True)
        self.environment = {**os.environ, "ATOMOS_REGIONS": self.regions}

    def run_program(self, *words, **options):
        return subprocess.run([PROGRAM, *words], env=self.environment, capture_output=True,
                              text=True, errors="surrogateescape", check=False, **options)

    def atomos(self, *words):
        """The output of a command that has to go well and to complain of nothing."""
        ended = self.run_program(*words)
        self.assertEqual((ended.returncode, ended.stderr), (DONE, ""), words)
        return ended.stdout

    def value(self, place):
        return self.atomos("get", place).removesuffix("\n")

    def in_json(self, *words):
        return json.loads(self.atomos(*words, "--json"))

    def refused(self, status, *words):
        """What a command complains of that has to end with this status, and to print nothing."""
        ended = self.run_program(*words)
        self.assertEqual((ended.returncode, ended.stdout), (status, ""), (words, ended.stderr))
        self.assertNotEqual(ended.stderr, "")
        return ended.stderr

    def start(self, *words):
        """The program, running beside the test."""
        started = subprocess.Popen([PROGRAM, *words], env=self.environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(end, started)
        return started

    def neighbour(self, region, participants=8):
        """A process that has made a region with point, balance and counter, and writes to it."""
        started = subprocess.Popen([NEIGHBOUR, region, str(participants)], env=self.environment,
                                   text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(end, started)
        self.assertEqual(started.stdout.readline(), "ok\n")
        return started

    def tell(self, neighbour, line):
        neighbour.stdin.write(line + "\n")
        neighbour.stdin.flush()
        self.assertEqual(neighbour.stdout.readline(), "ok\n")


def end(process):
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()
