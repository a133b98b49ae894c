"""Plants each fault that names.py is there for, and expects it to be found."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

from names import faults_of_form, missing, rows, source

COMPILER = []

SOUND = """
## java.util.concurrent.atomic.AtomicLong

| there | here | how |
|---|---|---|
| `get` `getPlain` | `AtomicLong::get` | |
| `cursor` | `cursor` | |
| `toString` | `operator<<` | |
| `meta` | — | no such thing |
"""


def compiles(text):
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "names.cpp"
        program.write_text(source(rows(text)))
        run = subprocess.run([*COMPILER, "-fsyntax-only", str(program)], capture_output=True, text=True,
                             check=False)
        return run.returncode == 0, run.stderr


class Names(unittest.TestCase):
    def test_a_sound_table_compiles(self):
        sound, errors = compiles(SOUND)
        self.assertTrue(sound, errors)

    def test_a_member_that_is_not_there_is_found_with_its_line(self):
        sound, errors = compiles(SOUND + "| `x` | `AtomicLong::get_and_forget` | |\n")
        self.assertFalse(sound)
        self.assertIn("line 10: AtomicLong::get_and_forget is not there", errors)

    def test_a_member_of_another_type_is_found(self):
        self.assertFalse(compiles(SOUND + "| `x` | `AtomicBoolean::add_and_get` | |\n")[0])

    def test_a_function_that_is_not_there_is_found(self):
        self.assertFalse(compiles(SOUND + "| `x` | `no_such_function` | |\n")[0])

    def test_a_type_that_is_not_there_is_found(self):
        self.assertFalse(compiles(SOUND + "| `x` | `NoSuchType::get` | |\n")[0])

    def test_a_name_that_is_left_out_without_a_reason_is_found(self):
        self.assertEqual([], faults_of_form(rows(SOUND)))
        self.assertEqual(["line 10: x is left out, and no reason is given"],
                         faults_of_form(rows(SOUND + "| `x` | — | |\n")))

    def test_a_method_without_a_row_and_a_row_without_a_method_are_found(self):
        def methods_of(class_):
            return {"get", "getPlain", "cursor", "toString", "added"} if class_.endswith(".AtomicLong") else set()
        self.assertEqual(["java.util.concurrent.atomic.AtomicLong.added has no row",
                          "java.util.concurrent.atomic.AtomicLong.meta has a row, and is not in this JDK"],
                         missing(list(rows(SOUND)), methods_of))


if __name__ == "__main__":
    COMPILER = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
