"""watch: a line for each change. A watch is known to listen when it has printed the value that stands."""

import json
import os
import unittest

from program import Case


class Watch(Case):
    def watching(self, place, *words):
        watch = self.start("watch", place, "--now", *words)
        return watch, watch.stdout.readline().removesuffix("\n")

    def test_a_line_is_printed_for_each_change_until_there_were_enough(self):
        self.atomos("add", "r/n", "1", "--create")
        watch, first = self.watching("r/n", "--count", "2")
        self.assertEqual(first, "1")

        self.atomos("set", "r/n", "5")
        self.assertEqual(watch.stdout.readline(), "5\n")
        self.assertIsNone(watch.poll())
        self.atomos("set", "r/n", "6")

        self.assertEqual(watch.stdout.readline(), "6\n")
        self.assertEqual(watch.wait(), 0)

    def test_a_number_whose_writer_wakes_nobody_is_told_of(self):
        neighbour = self.neighbour("r")
        watch, _ = self.watching("r/counter", "--count", "1")
        self.tell(neighbour, "silently 42")
        self.assertEqual(watch.communicate()[0], "42\n")

    def test_references_are_told_with_their_version(self):
        self.atomos("set", "r/s", "a", "--type", "string", "--create")
        watch, first = self.watching("r/s", "--count", "1", "--json")
        self.assertEqual(json.loads(first)["version"], 1)

        self.atomos("set", "r/s", "b\nc")

        lines = watch.communicate()[0].splitlines()
        self.assertEqual([json.loads(line) for line in lines],
                         [{"region": "r", "variable": "s", "type": "string", "value": "b\nc", "version": 2}])

    def test_a_reference_that_is_set_to_what_it_was_has_changed(self):
        self.atomos("set", "r/s", "a", "--type", "string", "--create")
        watch, _ = self.watching("r/s", "--count", "1")
        self.atomos("set", "r/s", "a")
        self.assertEqual(watch.communicate()[0], "a\n")

    def test_changes_of_another_type_are_told_as_bytes(self):
        neighbour = self.neighbour("r")
        watch, first = self.watching("r/point", "--count", "1")
        self.assertEqual(first, "0100000002000000")
        self.tell(neighbour, "point 3 4")
        self.assertEqual(watch.communicate()[0], "0300000004000000\n")

    def test_the_value_that_stands_is_told_only_when_asked_for(self):
        self.atomos("add", "r/n", "1", "--create")
        watch = self.start("watch", "r/n", "--count", "1")
        # When it begins to listen is not known, so it is given something to hear until it has.
        while watch.poll() is None:
            self.atomos("add", "r/n", "1")
        self.assertGreater(int(watch.communicate()[0]), 1)

    def test_it_has_the_region_open_for_reading_only(self):
        self.atomos("add", "r/n", "1", "--create")
        watch, _ = self.watching("r/n")
        files = f"/proc/{watch.pid}/fd"
        opened = [fd for fd in os.listdir(files) if os.readlink(f"{files}/{fd}").endswith("/atomos-r")]
        self.assertEqual(len(opened), 1)
        with open(f"/proc/{watch.pid}/fdinfo/{opened[0]}", encoding="ascii") as info:
            flags = next(line.split()[1] for line in info if line.startswith("flags:"))
        self.assertEqual(int(flags, 8) & os.O_ACCMODE, os.O_RDONLY)

    def test_it_ends_when_nobody_reads_any_more(self):
        self.atomos("add", "r/n", "1", "--create")
        watch, _ = self.watching("r/n")
        watch.stdout.close()
        watch.stdout = None
        while watch.poll() is None:
            self.atomos("add", "r/n", "1")
        self.assertLess(watch.returncode, 0)


if __name__ == "__main__":
    unittest.main()
