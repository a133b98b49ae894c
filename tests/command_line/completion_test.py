"""completion: what bash offers after a few words."""

import os
import subprocess
import unittest

from program import PROGRAM, Case

ASK = r"""
source <(atomos completion bash) || exit
COMP_WORDS=(atomos "$@")
COMP_CWORD=$#
compopt() { echo "($*)"; }
_atomos
printf '%s\n' "${COMPREPLY[@]}"
"""


class Completion(Case):
    def setUp(self):
        super().setUp()
        self.environment["PATH"] = os.path.dirname(PROGRAM) + os.pathsep + os.environ["PATH"]
        self.atomos("add", "shop/orders", "1", "--create")
        self.atomos("add", "shop/open/now", "1")
        self.atomos("add", "shop/has spaces", "1")
        self.atomos("add", "other/n", "1", "--create")

    def offered(self, *words):
        asked = subprocess.run(["bash", "-c", ASK, "bash", *words], env=self.environment, text=True,
                               capture_output=True, check=True)
        self.assertEqual(asked.stderr, "")
        return asked.stdout.split()

    def test_commands_are_offered_first(self):
        self.assertEqual(self.offered("re"), ["remove", "recover"])
        self.assertIn("compare-and-set", self.offered(""))

    def test_a_region_is_offered_with_a_slash_where_a_variable_is_wanted(self):
        self.assertEqual(self.offered("get", ""), ["other/", "shop/"])
        self.assertEqual(self.offered("get", "s"), ["(-o", "nospace)", "shop/"])
        self.assertEqual(self.offered("remove", "s"), ["shop"])

    def test_variables_are_offered_unless_a_shell_would_break_them(self):
        self.assertEqual(self.offered("add", "shop/"), ["shop/orders", "shop/open/now"])
        self.assertEqual(self.offered("set", "shop/op"), ["shop/open/now"])

    def test_options_and_types_are_offered(self):
        self.assertEqual(self.offered("set", "shop/orders", "--t"), ["--type"])
        self.assertEqual(self.offered("set", "shop/x", "1", "--type", "f"), ["float64", "float32"])

    def test_values_are_not_guessed(self):
        self.assertEqual(self.offered("set", "shop/orders", ""), [])
        self.assertEqual(self.offered("nonsense", ""), [])


if __name__ == "__main__":
    unittest.main()
