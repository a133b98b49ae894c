"""Which commands make a variable or a region, and which do not."""

import os
import unittest

from program import MISMATCH, NOT_THERE, USAGE, Case


class Making(Case):
    def nothing_there(self):
        return os.listdir(self.regions) == []

    def test_a_region_is_made_only_with_create(self):
        self.assertIn("--create", self.refused(NOT_THERE, "add", "r/n", "1"))
        self.assertIn("--create", self.refused(NOT_THERE, "set", "r/n", "1", "--type", "int64"))
        self.assertTrue(self.nothing_there())

        self.atomos("add", "r/n", "1", "--create")

        self.assertEqual(self.in_json("list")[0]["region"], "r")

    def test_a_region_is_not_made_for_a_variable_that_cannot_be(self):
        for words in (("set", "r/n", "1"), ("set", "r/n", "x", "--type", "int64"),
                      ("set", "r/n", "1", "--type", "integer"), ("add", "r/n", "x"),
                      ("add", "r/n", "1", "--type", "string"), ("add", "r/a\nb", "1"),
                      ("add", "r/" + 128 * "x", "1"), ("add", "r/", "1"), ("add", "r", "1")):
            ended = self.run_program(*words, "--create")
            self.assertIn(ended.returncode, (USAGE, NOT_THERE, MISMATCH), words)
            self.assertTrue(self.nothing_there(), words)

    def test_set_makes_a_variable_only_with_a_type(self):
        self.atomos("add", "r/n", "1", "--create")
        self.assertIn("--type", self.refused(NOT_THERE, "set", "r/s", "x"))
        self.atomos("set", "r/s", "x", "--type", "string")
        self.assertEqual(self.value("r/s"), "x")

    def test_add_makes_an_int64_unless_told_otherwise(self):
        self.assertEqual(self.atomos("add", "r/n", "3", "--create"), "3\n")
        self.assertEqual(self.in_json("get", "r/n")["type"], "int64")
        self.assertEqual(self.atomos("add", "r/f", "0.5", "--type", "float64"), "0.5\n")
        self.assertEqual(self.atomos("add", "r/f", "0.25"), "0.75\n")

    def test_another_type_than_the_variable_has_is_a_mismatch(self):
        self.atomos("add", "r/n", "1", "--create")
        for words in (("set", "r/n", "2", "--type", "int32"), ("add", "r/n", "2", "--type", "float64"),
                      ("set", "r/n", "2", "--type", "string")):
            said = self.refused(MISMATCH, *words)
            self.assertIn('region "r": variable "n" is a number int64', said)
            self.assertIn(words[-1], said)
        self.assertEqual(self.value("r/n"), "1")

    def test_the_type_that_the_variable_has_may_be_given(self):
        self.neighbour("r")
        self.atomos("set", "r/balance", "4", "--type", "int64", "--create")
        self.assertEqual(self.value("r/balance"), "4")

    def test_what_only_looks_or_compares_makes_nothing(self):
        self.atomos("add", "r/n", "1", "--create")
        for words in (("get", "r/x"), ("watch", "r/x"), ("compare-and-set", "r/x", "1", "2")):
            self.assertIn('region "r": variable "x" is not there', self.refused(NOT_THERE, *words))
        self.assertEqual(len(self.in_json("list", "r")["variables"]), 1)


if __name__ == "__main__":
    unittest.main()
