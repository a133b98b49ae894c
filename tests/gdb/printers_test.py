"""Runs a program under GDB, and compares what the printers show with what it holds.

    printers_test.py GDB PRINTERS PROGRAM
"""

import re
import subprocess
import sys

# What `print NAME` must show, as a regular expression; at the first stop a change of `left` is pending.
PENDING = {
    "left": r"version 1, a change is pending = \{value = 1\}",
    "right": r"version 1 = \{value = 2\}",
}
SETTLED = {
    "number": r"-42",
    "half": r"0\.5",
    "letter": r"97 'a'",
    "truth": r"true",
    "reference": r"version 2 = \{value = 2\}",
    "name": r'version 2 = \{value = "Bob"\}',
    "kept": r'version 2 = \{value = "Bob"\}',
    "empty": r"\(empty\)",
    "wide": r"version 1 = \{value = \{x = 7\}\}",
    "point": r"version 1, watched by door, log = \{value = \{x = 1, y = 2\.5\}\}",
    "aref": r"no watches",
    "y": r"a part of = \{whole = .*y = 2\.5.*\}",
    "part": r"a part = \{value = 2\.5\}",
    "apart": r"a part = \{value = .*2.*\}",
    "view": r"9",
    "row": r"3 elements = \{1, 2, 3\}",
    "padded": r"2 elements = \{4, 5\}",
    "texts": r'2 elements = \{version 1 = \{value = "a"\}, version 1 = \{value = "b"\}\}',
    "stamped": r"version 1 = \{reference = .*value = 6.*, tag = 3\}",
    "markable": r"version 1 = \{reference = .*value = 8.*, tag = true\}",
    "hits": r"-2",
    "weight": r"0\.25",
    "most": r"an accumulator, identity 0 = \{11\}",
    "shared_number": r"-7",
    "shared_truth": r"true",
    "shared_point": r"version 2 = \{value = \{x = 3, y = 2\.5\}\}",
    "shared_text": r'version 1 = \{value = "hello"\}',
    "shared_hits": r"-2",
    "shared_weight": r"0\.25",
    "shared_product": r"an accumulator, identity 1 = \{11\}",
    "shared_kept": r"version 2 = \{value = \{x = 3, y = 2\.5\}\}",
    "shared_string": r'version 1 = \{value = "hello"\}',
    "left": r"version 2 = \{value = 2\}",
}


def printed(gdb, printers, program):
    """What each print showed, at the first stop and at the second; and all that GDB said."""
    def look_at(names):
        prints = [["-ex", f"echo \\n@{name}", "-ex", f"print {name}"] for name in names]
        return ["-ex", "frame function main", *sum(prints, [])]
    run = subprocess.run(
        [gdb, "-nx", "-batch", "-ex", f"source {printers}", "-ex", "set print pretty off",
         "-ex", "break look_here", "-ex", "run", *look_at(PENDING), "-ex", "echo \\n@@\\n",
         "-ex", "continue", *look_at(SETTLED), "-ex", "kill", program],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    first, _, second = run.stdout.partition("\n@@\n")
    stops = [dict(re.findall(r"^@(\w+)\$\d+ = (.*)$", stop, re.MULTILINE)) for stop in
             (first, second)]
    return stops, run.stdout + run.stderr


def main():
    gdb, printers, program = sys.argv[1:]
    stops, everything = printed(gdb, printers, program)
    wrong = [
        f"{name}: {shown.get(name)!r} is not {pattern!r}"
        for shown, expected in zip(stops, (PENDING, SETTLED))
        for name, pattern in expected.items()
        if not re.fullmatch(pattern, shown.get(name, ""))
    ]
    print("\n".join(wrong) or f"{len(PENDING) + len(SETTLED)} variables are shown as they are")
    if wrong:
        print(everything)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
