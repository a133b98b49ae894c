"""Plants each violation that check_includes.py is there for, and expects it to be found."""

import unittest

from check_includes import faults, list_faults, without_comments

SOUND = {
    "cell": "#include <concepts>\n",
    "atom": "#include <atomos/cell.hpp>\n",
    "snapshot": "#include <atomos/detail/hazard.hpp>\n",
    "thread": "#include <atomos/cell.hpp>\n#include <atomos/snapshot.hpp>\n",
    "process": "#include <atomos/atom.hpp>\n#include <atomos/process/region.hpp>\n",
    "process/region": "#include <atomos/errors.hpp>\n",
    "errors": "#include <stdexcept>\n",
    "atomos": "#include <atomos/thread.hpp>\n#include <atomos/atom.hpp>\n",
    "detail/hazard": "#include <atomos/detail/atomic.hpp>\n",
    "detail/atomic": "#include <atomic>\nusing Order = std::memory_order;\n",
}


def planted(header, line):
    return faults({**SOUND, header: without_comments(SOUND.get(header, "") + line + "\n")})


class CheckIncludes(unittest.TestCase):
    def expect(self, found, sentence):
        self.assertEqual(1, len(found), found)
        self.assertIn(sentence, found[0])

    def test_a_sound_tree_has_no_faults(self):
        self.assertEqual([], faults(SOUND))

    def test_a_front_type_that_includes_a_scope_is_found(self):
        self.expect(planted("atom", "#include <atomos/process/region.hpp>"),
                    "front type atom reaches the process scope")

    def test_a_front_type_that_reaches_a_scope_through_another_header_is_found(self):
        code = {**SOUND, "detail/watches": "#include <atomos/process.hpp>\n"}
        code["number"] = "#include <atomos/detail/watches.hpp>\n"

        found = faults(code)

        self.assertTrue(any("number -> detail/watches -> process" in f for f in found), found)

    def test_a_scope_that_includes_another_is_found(self):
        self.expect(planted("process/region", "#include <atomos/thread/cell.hpp>")[:1],
                    "scope process reaches scope thread")

    def test_a_relative_include_is_followed(self):
        self.expect(planted("atom", '#include "snapshot.hpp"')[:1], "front type atom reaches")

    def test_hazard_slots_outside_the_thread_scope_are_found(self):
        self.expect(planted("atom", "#include <atomos/detail/hazard.hpp>"), "atom includes detail")

    def test_a_header_that_includes_the_umbrella_is_found(self):
        found = planted("process/region", "#include <atomos/atomos.hpp>")
        self.assertIn("process/region includes the umbrella atomos", found)

    def test_every_way_around_the_door_is_found(self):
        for line in ("#include <atomic>", "std::atomic<int> n;", "std::atomic_ref<int> r(n);",
                     "std::atomic_thread_fence(o);", "__atomic_load_n(&n, 0);",
                     "__sync_synchronize();", "using std::atomic_ref;"):
            with self.subTest(line):
                self.expect(planted("number", line), "number.hpp:1 goes around the door")
                self.expect(planted("detail/hazard", line), "detail/hazard.hpp:2 goes around")

    def test_memory_orders_and_comments_are_no_way_around_the_door(self):
        self.assertEqual([], planted("number", "std::memory_order o;  // as std::atomic has it"))
        self.assertEqual([], planted("number", "/* std::atomic */ auto s = \"std::atomic\";"))

    def test_comments_are_blanked_without_moving_lines(self):
        self.assertEqual("a\n\n\nb", without_comments("a/*\n\n*/\nb"))

    def test_a_header_missing_in_the_list_and_one_too_many_are_found(self):
        found = list_faults({"atom": "", "cell": ""}, "include/atomos/atom.hpp include/atomos/x.hpp")
        self.assertEqual(["cell.hpp is not listed in cmake/headers.cmake",
                          "cmake/headers.cmake lists x.hpp, which is not there"], found)


if __name__ == "__main__":
    unittest.main()
