"""add: sums of rivals, and sums that cannot be."""

import unittest

from program import MISMATCH, OVERFLOW, Case


class Add(Case):
    def test_what_rivals_add_is_all_in_the_sum(self):
        rivals = [self.start("add", "r/n", "1", "--create") for _ in range(24)]
        sums = []
        for rival in rivals:
            out, err = rival.communicate()
            self.assertEqual((rival.returncode, err), (0, ""))
            sums.append(int(out))
        self.assertEqual(sorted(sums), list(range(1, 25)))
        self.assertEqual(self.value("r/n"), "24")

    def test_a_negative_number_is_subtracted(self):
        self.atomos("add", "r/n", "-3", "--create")
        self.assertEqual(self.atomos("add", "r/n", "-4"), "-7\n")
        self.assertEqual(self.atomos("add", "r/n", "+7"), "0\n")

    def test_a_sum_that_the_type_cannot_represent_changes_nothing(self):
        for kind, at, more in (("int8", "127", "1"), ("int64", "-9223372036854775808", "-1"),
                               ("uint64", "18446744073709551615", "1"), ("float64", "1.7e+308", "1.7e+308")):
            self.atomos("set", f"r/{kind}", "--type", kind, "--create", "--", at)
            before = self.value(f"r/{kind}")
            said = self.refused(OVERFLOW, "add", f"r/{kind}", "--", more)
            self.assertIn(f'region "r": variable "{kind}" is {before}; {more} more is outside', said)
            self.assertEqual(self.value(f"r/{kind}"), before)

    def test_only_to_numbers_something_is_added(self):
        self.atomos("set", "r/s", "1", "--type", "string", "--create")
        self.atomos("set", "r/b", "true", "--type", "bool")
        for name in ("s", "b"):
            self.assertIn(f'variable "{name}"', self.refused(MISMATCH, "add", f"r/{name}", "1"))

    def test_json_says_where_and_what(self):
        self.assertEqual(self.in_json("add", "r/n", "5", "--create"),
                         {"region": "r", "variable": "n", "value": 5})

    def test_who_waits_in_the_library_hears_of_it(self):
        neighbour = self.neighbour("r")
        neighbour.stdin.write("wait 0\n")
        neighbour.stdin.flush()

        self.atomos("add", "r/counter", "1")

        self.assertEqual(neighbour.stdout.readline(), "ok\n")


if __name__ == "__main__":
    unittest.main()
