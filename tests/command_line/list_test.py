"""list and recover: regions, variables, and writers that are alive or dead."""

import os
import unittest

from program import DAMAGED, Case


class List(Case):
    def writers(self):
        return self.in_json("list", "r")["writers"]

    def test_no_regions_are_an_empty_list(self):
        self.assertEqual(self.in_json("list"), [])
        self.assertEqual(self.run_program("list").returncode, 0)

    def test_every_region_is_listed_with_its_size_and_its_variables(self):
        self.atomos("add", "b/n", "1", "--create")
        self.atomos("add", "a/n", "1", "--create")
        self.atomos("add", "a/m", "1")
        self.assertEqual([(one["region"], one["bytes"], one["variables"]) for one in self.in_json("list")],
                         [("a", 1 << 20, 2), ("b", 1 << 20, 1)])
        lines = self.atomos("list").splitlines()
        self.assertEqual(lines[0].split(), ["REGION", "SIZE", "VARIABLES", "ALIVE", "DEAD"])
        self.assertEqual(lines[1].split(), ["a", "1.0", "MiB", "2", "0", "1"])

    def test_variables_are_listed_with_type_value_version_and_size(self):
        self.neighbour("r")
        self.atomos("set", "r/s", "hello", "--type", "string")
        seen = {one["variable"]: one for one in self.in_json("list", "r")["variables"]}
        self.assertEqual(seen["s"], {"variable": "s", "kind": "reference", "type": "string", "bytes": 5,
                                     "value": "hello", "version": 1})
        self.assertEqual(seen["counter"], {"variable": "counter", "kind": "number", "type": "int64",
                                           "bytes": 8, "value": 0})
        self.assertEqual(seen["point"]["hex"], "0100000002000000")
        rows = [line.split() for line in self.atomos("list", "r").splitlines()]
        self.assertIn(["s", "string", '"hello"', "1", "5", "B"], rows)
        self.assertIn(["point", "test.point/1", "0100000002000000", "1", "8", "B"], rows)

    def test_a_value_cannot_steer_the_terminal(self):
        self.atomos("set", "r/s", "\x1b[31m\n\u009b", "--type", "string", "--create")
        self.assertIn('"\\x1b[31m\\x0a\\xc2\\x9b"', self.atomos("list", "r"))

    def test_a_writer_is_alive_until_it_is_killed(self):
        neighbour = self.neighbour("r")
        self.assertEqual([(one["pid"], one["alive"]) for one in self.writers()], [(neighbour.pid, True)])
        self.assertEqual(self.in_json("list")[0]["alive"], 1)

        neighbour.kill()
        neighbour.wait()

        self.assertEqual([(one["pid"], one["alive"]) for one in self.writers()], [(neighbour.pid, False)])
        self.assertEqual(self.in_json("list")[0]["dead"], 1)

    def test_what_the_dead_left_is_adopted_by_recover(self):
        first = self.neighbour("r")
        self.atomos("set", "r/s", "x", "--type", "string")  # it takes number 1, as 0 is alive
        left = sum(one["bytes"] for one in self.writers())
        first.kill()
        first.wait()

        # The one that recovers takes number 0, which is free, and adopts what number 1 left.
        adopted = self.in_json("recover", "r")

        self.assertEqual(adopted["writers"], 1)
        self.assertEqual([one["number"] for one in self.writers()], [0])
        self.assertEqual(self.writers()[0]["bytes"], left)
        self.assertEqual(self.in_json("recover", "r")["writers"], 0)

    def test_a_broken_region_does_not_hide_the_others(self):
        self.atomos("add", "a/n", "1", "--create")
        self.atomos("add", "b/n", "1", "--create")
        os.truncate(f"{self.regions}/atomos-a", 100)

        ended = self.run_program("list")

        self.assertEqual(ended.returncode, DAMAGED)
        self.assertIn('region "a"', ended.stderr)
        self.assertIn("b  ", ended.stdout)


if __name__ == "__main__":
    unittest.main()
