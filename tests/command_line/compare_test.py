"""compare-and-set: who wins, and what the loser is told."""

import json
import unittest

from program import COMPARE_FAILED, USAGE, Case


class Compare(Case):
    def test_of_rivals_that_expect_the_same_exactly_one_wins(self):
        self.atomos("set", "r/leader", "nobody", "--type", "string", "--create")

        rivals = [self.start("compare-and-set", "r/leader", "nobody", f"rival-{i}") for i in range(12)]
        for rival in rivals:
            rival.wait()

        winners = [i for i, rival in enumerate(rivals) if rival.returncode == 0]
        self.assertEqual(len(winners), 1)
        self.assertEqual({rival.returncode for rival in rivals}, {0, COMPARE_FAILED})
        self.assertEqual(self.value("r/leader"), f"rival-{winners[0]}")

    def test_it_sets_every_type_if_the_value_stands(self):
        for kind, before, after in (("int64", "1", "2"), ("float64", "nan", "0.5"), ("bool", "true", "false"),
                                    ("string", "", "x"), ("float64", "0.5", "nan")):
            self.atomos("set", f"r/{kind}", before, "--type", kind, "--create")
            self.atomos("compare-and-set", f"r/{kind}", before, after)
            self.assertEqual(self.value(f"r/{kind}"), after)

    def test_the_loser_is_told_what_stands_and_has_changed_nothing(self):
        for kind, stands, expected, update in (("int64", "1", "2", "3"), ("string", "a", "b", "c")):
            self.atomos("set", f"r/{kind}", stands, "--type", kind, "--create")
            said = self.refused(COMPARE_FAILED, "compare-and-set", f"r/{kind}", expected, update)
            self.assertIn(f'variable "{kind}" is {stands}; {expected} was expected', said)
            self.assertEqual(self.value(f"r/{kind}"), stands)

    def test_json_tells_the_winner_and_the_loser(self):
        self.atomos("set", "r/n", "1", "--type", "int64", "--create")
        self.assertEqual(self.in_json("compare-and-set", "r/n", "1", "2"),
                         {"region": "r", "variable": "n", "won": True, "value": 2})
        lost = self.run_program("compare-and-set", "r/n", "1", "3", "--json")
        self.assertEqual((lost.returncode, lost.stderr), (COMPARE_FAILED, ""))
        self.assertEqual(json.loads(lost.stdout), {"region": "r", "variable": "n", "won": False, "value": 2})

    def test_both_values_have_to_be_of_the_type(self):
        self.atomos("set", "r/n", "1", "--type", "int64", "--create")
        self.refused(USAGE, "compare-and-set", "r/n", "x", "2")
        self.refused(USAGE, "compare-and-set", "r/n", "1", "x")
        self.assertEqual(self.value("r/n"), "1")


if __name__ == "__main__":
    unittest.main()
