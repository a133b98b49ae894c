"""--help: every command says what it does, shows an example, and the statuses are listed."""

import re
import shlex
import unittest

from program import Case

COMMANDS = ("list", "get", "set", "add", "compare-and-set", "watch", "remove", "recover", "completion")


class Help(Case):
    def test_every_command_is_listed_and_has_examples(self):
        whole = self.atomos("--help")
        for command in COMMANDS:
            self.assertRegex(whole, rf"(?m)^  {command} ")
            self.assertIn("Examples:", self.atomos(command, "--help"))

    def test_every_exit_status_is_listed(self):
        listed = re.findall(r"(?m)^  (\d)  ", self.atomos("--help"))
        self.assertEqual(listed, [str(status) for status in range(10)])

    def test_the_first_steps_work_as_they_stand(self):
        steps = re.search(r"For a start:\n((?:  .*\n)+)", self.atomos("--help")).group(1)
        printed = []
        for step in steps.splitlines():
            words = shlex.split(step, comments=True)
            if words[1] != "watch":
                printed.append(self.atomos(*words[1:]))
        self.assertEqual(printed[:2], ["1\n", "1\n"])
        self.assertIn("done", printed[2])
        self.assertEqual(self.in_json("list"), [])

    def test_no_command_prints_the_help_as_an_error(self):
        ended = self.run_program()
        self.assertEqual((ended.returncode, ended.stdout), (2, ""))
        self.assertEqual(ended.stderr, self.atomos("--help"))


if __name__ == "__main__":
    unittest.main()
