"""Adders: their sum is what is shown, and to it can be added."""

import unittest

from program import MISMATCH, Case


class Adders(Case):
    def setUp(self):
        super().setUp()
        self.tell(self.neighbour("r"), "adders")

    def test_the_value_of_an_adder_is_its_sum(self):
        self.assertEqual(self.value("r/served"), "42")
        self.assertEqual(self.in_json("get", "r/paid"), {"region": "r", "variable": "paid", "type": "float64", "value": 2.5})
        rows = [line.split()[:3] for line in self.atomos("list", "r").splitlines() if line]
        self.assertIn(["served", "int64", "42"], rows)
        self.assertIn(["paid", "float64", "2.5"], rows)

    def test_their_kinds_are_listed(self):
        kinds = {one["variable"]: one["kind"] for one in self.in_json("list", "r")["variables"]}
        self.assertEqual((kinds["served"], kinds["paid"], kinds["worst"]), ("adder", "adder", "accumulator"))

    def test_to_an_adder_something_is_added(self):
        self.assertEqual(self.atomos("add", "r/served", "8"), "50\n")
        self.assertEqual(self.atomos("add", "r/paid", "-0.5"), "2\n")
        self.assertEqual(self.value("r/served"), "50")

    def test_an_adder_is_not_set_nor_compared(self):
        for words in (("set", "r/served", "1"), ("compare-and-set", "r/served", "42", "1")):
            self.assertIn('variable "served" is an adder', self.refused(MISMATCH, *words))
        self.assertIn('variable "worst"', self.refused(MISMATCH, "add", "r/worst", "1"))
        self.assertEqual(self.value("r/served"), "42")


if __name__ == "__main__":
    unittest.main()
