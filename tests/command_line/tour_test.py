"""tour: workers are this program, too."""

import os
import unittest

from program import Case


class Tour(Case):
    def test_every_count_adds_up_although_workers_were_killed(self):
        text = os.path.join(self.regions, "text")
        with open(text, "w", encoding="ascii") as file:
            file.write("to be or not to be, that is the question " * 500)

        out = self.atomos("tour", text, "--readings", "400", "--kills", "5", "--workers", "2", "--plain")

        self.assertIn("ok       words        2,000,000", out)
        self.assertNotIn("DIFFERS", out)
        self.assertEqual(os.listdir(self.regions), ["text"])

    def test_its_help_is_its_own(self):
        self.assertIn("--kills", self.atomos("tour", "--help"))


if __name__ == "__main__":
    unittest.main()
