"""The harness itself: it must see a broken twin, wrong code that compiles, and a wrong reason."""

import pathlib
import sys
import tempfile
import unittest

import refused

COMMAND = sys.argv.pop()


class Refused(unittest.TestCase):
    def verdict(self, text, expect="no member named|has no member"):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "case.cpp"
            file.write_text(text)
            return refused.verdict([COMMAND, "-std=c++20", "-fsyntax-only"], str(file), expect)

    def test_wrong_code_that_is_refused_for_the_right_reason_is_fine(self):
        self.assertIsNone(
            self.verdict("struct A {} a;\n#ifdef WRONG\nint x = a.b;\n#else\nint x;\n#endif\n"))

    def test_a_twin_that_does_not_compile_is_a_fault(self):
        self.assertIn("twin", self.verdict("struct A {} a;\nint x = a.b;\n"))

    def test_wrong_code_that_compiles_is_a_fault(self):
        self.assertIn("compiles", self.verdict("#ifdef WRONG\nint x;\n#endif\n"))

    def test_code_that_is_refused_for_another_reason_is_a_fault(self):
        self.assertIn("no diagnostic", self.verdict("#ifdef WRONG\n#error other\n#endif\n"))


if __name__ == "__main__":
    unittest.main()
