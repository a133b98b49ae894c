"""Every exit status, and that its message names what was met."""

import json
import os
import subprocess
import unittest

from program import (DAMAGED, FULL, MISMATCH, NOT_PERMITTED, NOT_THERE, PROGRAM, UNAVAILABLE,
                     USAGE, Case)

SOMEBODY_ELSE = 65534


class Errors(Case):
    def setUp(self):
        super().setUp()
        self.atomos("add", "r/n", "1", "--create")
        self.file = f"{self.regions}/atomos-r"

    def spoil(self, at, change):
        with open(self.file, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([change(byte)]))

    def everything_is(self, status, region="r"):
        for words in (("get", f"{region}/n"), ("set", f"{region}/n", "1"), ("add", f"{region}/n", "1"),
                      ("compare-and-set", f"{region}/n", "1", "2"), ("watch", f"{region}/n"),
                      ("list", region), ("recover", region)):
            self.assertIn(f'region "{region}": ', self.refused(status, *words))

    def test_a_region_that_is_not_there_is_3(self):
        self.everything_is(NOT_THERE, "x")
        self.assertIn('region "x"', self.refused(NOT_THERE, "remove", "x"))

    def test_a_truncated_region_is_4(self):
        os.truncate(self.file, 100)
        self.everything_is(DAMAGED)

    def test_a_region_with_a_spoiled_header_is_4(self):
        self.spoil(20, lambda byte: byte ^ 1)
        self.everything_is(DAMAGED)

    def test_a_damaged_region_can_be_removed(self):
        os.truncate(self.file, 100)
        self.atomos("remove", "r")
        self.assertEqual(os.listdir(self.regions), [])

    def test_a_damaged_value_is_4_and_does_not_hide_the_others(self):
        self.atomos("set", "r/s", "nothing but a motto", "--type", "string")
        with open(self.file, "rb") as file:
            self.spoil(file.read().index(b"a motto"), lambda byte: byte ^ 1)
        for words in (("get", "r/s"), ("set", "r/s", "x"), ("compare-and-set", "r/s", "x", "y"),
                      ("watch", "r/s")):
            self.assertIn('variable "s"', self.refused(DAMAGED, *words))
        self.assertEqual(self.value("r/n"), "1")

        listed = self.run_program("list", "r")
        in_json = self.run_program("list", "r", "--json")

        self.assertEqual((listed.returncode, in_json.returncode), (DAMAGED, DAMAGED))
        self.assertIn('variable "s"', listed.stderr)
        self.assertRegex(listed.stdout, r"(?m)^n +int64 +1 .*\ns +string +\? ")
        variables = json.loads(in_json.stdout)["variables"]
        self.assertIn('variable "s"', variables[1]["error"])
        self.assertEqual(self.in_json("list")[0]["variables"], 2)

    def test_a_region_of_somebody_else_is_5(self):
        if os.geteuid() == 0:
            os.chown(self.file, SOMEBODY_ELSE, SOMEBODY_ELSE)
        else:
            os.chmod(self.file, 0)
        self.everything_is(NOT_PERMITTED)

        ended = self.run_program("list")

        self.assertEqual(ended.returncode, 0)
        self.assertIn('region "r"', ended.stderr)

    def test_a_region_whose_participants_are_all_taken_is_6(self):
        self.neighbour("small", participants=1)
        said = self.refused(FULL, "set", "small/s", "x", "--type", "string")
        self.assertIn('region "small": participants: 1', said)
        self.assertEqual(self.atomos("add", "small/counter", "1"), "1\n")  # numbers take none

    def test_what_is_no_region_is_7(self):
        self.spoil(0, lambda byte: byte ^ 0xFF)
        self.everything_is(MISMATCH)

    def test_a_folder_that_is_not_there_is_8(self):
        self.environment["ATOMOS_REGIONS"] = self.regions + "/nowhere"
        self.assertIn("nowhere", self.refused(UNAVAILABLE, "add", "r/n", "1", "--create"))

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_output_that_cannot_be_written_is_8(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            ended = subprocess.run([PROGRAM, "get", "r/n"], env=self.environment, stdout=full,
                                   stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(ended.returncode, UNAVAILABLE)
        self.assertIn("writing the output", ended.stderr)

    def test_a_wrong_command_line_is_2(self):
        for words in ((), ("gett", "r/n"), ("get",), ("get", "r"), ("get", "r/"), ("get", "/n"), ("get", ""),
                      ("get", "r/n", "more"), ("get", "r/n", "--more"), ("set", "r/n"), ("remove", "r/n"),
                      ("recover", "r/n"), ("list", "r/n"), ("watch", "r/n", "--count", "0"),
                      ("completion", "fish"), ("get", "../r/n"), ("get", ".r/n"), ("add", "r/n", "-.5"),
                      ("set", "r/n", "1", "--type", "integer", "--create")):
            self.refused(USAGE, *words)
        self.assertEqual(self.value("r/n"), "1")

    def test_a_wrong_word_is_named(self):
        self.assertIn('"gett"', self.refused(USAGE, "gett", "r/n"))
        self.assertIn("--more", self.refused(USAGE, "get", "r/n", "--more"))
        self.assertIn("atomos get --help", self.refused(USAGE, "get"))


if __name__ == "__main__":
    unittest.main()
