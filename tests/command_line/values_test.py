"""get and set: values of every type, as texts and as JSON."""

import unittest

from program import MISMATCH, USAGE, Case

LIMITS = {
    "int8": (-2**7, 2**7 - 1), "uint8": (0, 2**8 - 1),
    "int16": (-2**15, 2**15 - 1), "uint16": (0, 2**16 - 1),
    "int32": (-2**31, 2**31 - 1), "uint32": (0, 2**32 - 1),
    "int64": (-2**63, 2**63 - 1), "uint64": (0, 2**64 - 1),
}


class Values(Case):
    def test_integers_keep_their_limits_and_refuse_what_is_beyond(self):
        for kind, (least, most) in LIMITS.items():
            for value in (least, most):
                self.atomos("set", f"r/{kind}", str(value), "--type", kind, "--create")
                self.assertEqual(self.in_json("get", f"r/{kind}")["value"], value)
            for beyond in (least - 1, most + 1):
                said = self.refused(USAGE, "set", f"r/{kind}", "--", str(beyond))
                self.assertIn(f'region "r": variable "{kind}": "{beyond}" is no {kind}', said)
                self.assertIn(f"{least} to {most}", said)
            self.assertEqual(self.value(f"r/{kind}"), str(most))

    def test_floats_come_back_as_they_went_in(self):
        for kind, value in (("float64", "0.1"), ("float64", "-1e-300"), ("float32", "0.1"),
                            ("float64", "inf"), ("float64", "nan"), ("float64", "-0")):
            self.atomos("set", f"r/{kind}", "--type", kind, "--create", "--", value)
            self.assertEqual(self.value(f"r/{kind}"), value)

    def test_floats_that_json_has_no_word_for_are_strings(self):
        self.atomos("set", "r/x", "nan", "--type", "float64", "--create")
        self.assertEqual(self.in_json("get", "r/x")["value"], "nan")

    def test_what_is_no_number_is_refused(self):
        self.atomos("add", "r/n", "5", "--create")
        for text in ("", "1.5", "1x", " 1", "0x10", "+-1", "true"):
            self.refused(USAGE, "set", "r/n", text)
        self.assertEqual(self.value("r/n"), "5")

    def test_booleans_are_true_or_false(self):
        self.atomos("set", "r/b", "true", "--type", "bool", "--create")
        self.assertIs(self.in_json("get", "r/b")["value"], True)
        self.atomos("set", "r/b", "false")
        self.assertEqual(self.value("r/b"), "false")
        self.refused(USAGE, "set", "r/b", "1")

    def test_strings_are_taken_as_they_are(self):
        self.atomos("set", "r/s", "first", "--type", "string", "--create")
        for text in ("", "list", "two\nlines", "Grüße", '"quoted\\"', "[a, b]", "%%", "{}", "a" * 5000):
            self.atomos("set", "r/s", text)
            self.assertEqual(self.value("r/s"), text)
            self.assertEqual(self.in_json("get", "r/s")["value"], text)
        for text in ("--json", "-x", "-1", "++"):
            self.atomos("set", "r/s", "--", text)
            self.assertEqual(self.value("r/s"), text)

    def test_strings_that_are_no_utf8_are_null_beside_their_hex_digits(self):
        self.atomos("set", "r/s", b"\xff\xed\xa0\x80", "--type", "string", "--create")
        seen = self.in_json("get", "r/s")
        self.assertEqual((seen["value"], seen["hex"]), (None, "ffeda080"))

    def test_a_name_may_hold_slashes_and_spaces(self):
        self.atomos("set", "r/a/b c/d", "1", "--type", "int8", "--create")
        self.assertEqual(self.in_json("get", "r/a/b c/d")["variable"], "a/b c/d")

    def test_versions_count_the_changes_of_references(self):
        self.atomos("set", "r/s", "a", "--type", "string", "--create")
        self.assertEqual(self.in_json("get", "r/s")["version"], 1)
        self.assertEqual(self.in_json("set", "r/s", "b")["version"], 2)

    def test_an_atom_of_a_number_is_read_and_written_as_one(self):
        self.neighbour("r")
        self.assertEqual(self.in_json("get", "r/balance")["version"], 1)
        self.assertEqual(self.atomos("add", "r/balance", "5"), "15\n")
        self.atomos("compare-and-set", "r/balance", "15", "7")
        self.atomos("set", "r/balance", "8")
        seen = self.in_json("get", "r/balance")
        self.assertEqual((seen["value"], seen["version"]), (8, 4))

    def test_another_type_is_shown_as_bytes_and_not_written(self):
        self.neighbour("r")
        self.assertEqual(self.value("r/point"), "0100000002000000")
        seen = self.in_json("get", "r/point")
        self.assertEqual((seen["type"], seen["value"], seen["hex"]),
                         ("test.point/1", None, "0100000002000000"))
        for words in (("set", "r/point", "1"), ("add", "r/point", "1"),
                      ("compare-and-set", "r/point", "1", "2")):
            said = self.refused(MISMATCH, *words)
            self.assertIn('region "r": variable "point" is', said)
            self.assertIn("test.point/1", said)
        self.assertEqual(self.in_json("get", "r/point")["version"], 1)

    def test_reading_stores_nothing(self):
        self.atomos("set", "r/s", "a", "--type", "string", "--create")
        file = f"{self.regions}/atomos-r"
        with open(file, "rb") as before:
            kept = before.read()

        self.atomos("get", "r/s")
        self.atomos("list", "r")
        self.atomos("list")

        with open(file, "rb") as after:
            self.assertEqual(after.read(), kept)


if __name__ == "__main__":
    unittest.main()
