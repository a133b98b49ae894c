"""found.py is not taken in: only the named test, and only a failure of it, is a finding."""

import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

FOUND = Path(__file__).with_name("found.py")
RUN = "echo '[ RUN      ] S.law'\n"
FAILED = "echo '[  FAILED  ] S.law, where TypeParam = int (0 ms)'\n"


class Found(unittest.TestCase):
    def found(self, script: str, *options: str) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            binary = Path(folder, "binary")
            binary.write_text("#!/bin/sh\n" + script)
            binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
            command = [sys.executable, "-B", FOUND, "--test", "S.law", *options, "--", binary]
            return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0

    def test_a_failure_of_the_named_test_is_a_finding(self):
        self.assertTrue(self.found(RUN + FAILED + "exit 1"))

    def test_a_failure_of_another_test_is_none(self):
        self.assertFalse(self.found((RUN + FAILED).replace("S.law", "S.lawful") + "exit 1"))

    def test_a_crash_at_start_up_is_none(self):
        self.assertFalse(self.found("kill -SEGV $$"))
        self.assertFalse(self.found("kill -SEGV $$", "--crash-counts"))

    def test_a_test_that_passes_is_none(self):
        self.assertFalse(self.found(RUN + "echo '[       OK ] S.law (0 ms)'"))

    def test_a_test_that_passes_before_the_binary_crashes_is_none(self):
        script = RUN + "echo '[       OK ] S.law (0 ms)'\nkill -SEGV $$"
        self.assertFalse(self.found(script, "--crash-counts"))

    def test_a_skipped_test_is_none(self):
        self.assertFalse(self.found(RUN + "echo '[  SKIPPED ] S.law (0 ms)'"))

    def test_a_test_that_is_not_there_is_none(self):
        self.assertFalse(self.found("exit 0"))
        self.assertFalse(self.found("exit 1"))

    def test_a_crash_inside_the_test_is_one_where_crashes_count(self):
        self.assertTrue(self.found(RUN + "kill -SEGV $$", "--crash-counts"))
        self.assertFalse(self.found(RUN + "kill -SEGV $$"))

    def test_a_hang_inside_the_test_is_one_where_crashes_count(self):
        hang = RUN + "exec sleep 60"
        self.assertTrue(self.found(hang, "--crash-counts", "--seconds", "0.5"))
        self.assertFalse(self.found(hang, "--seconds", "0.5"))

    def test_a_fault_that_is_met_by_chance_is_found_within_the_tries(self):
        passes = "echo '[       OK ] S.law (0 ms)' && exit 0\n"
        third = 'echo >> "$0.runs"\n' + RUN + '[ $(wc -l < "$0.runs") -lt 3 ] && ' + passes + FAILED
        self.assertTrue(self.found(third, "--tries", "3"))
        self.assertFalse(self.found(third, "--tries", "2"))


if __name__ == "__main__":
    unittest.main()
