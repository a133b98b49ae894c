"""The extractor on samples: sound blocks pass, and each kind of fault is found."""

import pathlib
import sys
import tempfile
import unittest

import programs

COMPILER = sys.argv.pop()

SOUND = """
Text, and `inline` code.

```cpp
int main() { return 0; }
```

```bash
exit 1
```
"""


def fenced(info, text):
    return f"# A title\n\n```{info}\n{text}\n```\n"


class Programs(unittest.TestCase):
    def setUp(self):
        self.prelude, programs.PRELUDE = programs.PRELUDE, ""

    def tearDown(self):
        programs.PRELUDE = self.prelude

    def told(self, text):
        lines = []
        with tempfile.TemporaryDirectory() as folder:
            programs.check(programs.blocks("a.md", text), pathlib.Path(folder),
                           [COMPILER, "-std=c++20", "-Wall", "-Wextra"], lines.append)
        return "\n".join(lines)

    def test_a_program_is_compiled_and_run_and_other_languages_are_left_alone(self):
        self.assertEqual("a.md:4: program, sound", self.told(SOUND))

    def test_a_program_that_fails_is_a_fault(self):
        self.assertIn("a.md:3: exits with 3", self.told(fenced("cpp", "int main() { return 3; }")))

    def test_a_program_that_does_not_compile_is_a_fault_at_the_documents_line(self):
        self.assertIn("a.md:5", self.told(fenced("cpp", "int main() {\n    return x; }")))

    def test_a_program_that_compiles_with_a_warning_is_a_fault(self):
        self.assertIn("warnings", self.told(fenced("cpp", "int main() { int unused = 0; }")))

    def test_a_fragment_is_wrapped_and_compiled(self):
        self.assertEqual("a.md:3: fragment, sound",
                         self.told(fenced("cpp fragment", "#include <string>\nstd::string s;")))
        self.assertIn("does not compile", self.told(fenced("cpp fragment", "nothing();")))

    def test_declarations_stand_at_namespace_scope(self):
        self.assertIn("sound",
                      self.told(fenced("cpp declarations", "template <class T>\nstruct A {};")))

    def test_what_is_given_stands_before_the_block(self):
        text = "<!-- given\nint x = 1;\n-->\n\n```cpp fragment\n++x;\n```\n"
        self.assertEqual("a.md:5: fragment, sound", self.told(text))

    def test_what_is_given_is_for_the_next_block_only(self):
        text = "<!-- given\nint x = 1;\n-->\nText.\n```cpp fragment\n++x;\n```\n"
        self.assertIn("does not compile", self.told(text))

    def test_an_excluded_block_is_reported(self):
        self.assertEqual("a.md:3: excluded", self.told(fenced("cpp excluded", "...")))

    def test_a_block_that_is_neither_a_program_nor_marked_is_a_fault(self):
        with self.assertRaisesRegex(programs.Fault, "a.md:3: no int main"):
            self.told(fenced("cpp", "int x;"))

    def test_an_unknown_mark_is_a_fault(self):
        with self.assertRaisesRegex(programs.Fault, "what is `cpp fragmnt`"):
            self.told(fenced("cpp fragmnt", "int x;"))


if __name__ == "__main__":
    unittest.main()
