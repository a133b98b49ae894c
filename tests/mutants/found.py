"""Passes if a broken build is found broken, by the one test that is named.

    found.py --test SUITE.NAME [--tries N] [--crash-counts] -- BINARY

A build that fails to start, crashes elsewhere, skips the test or does not have it is not found
broken. With --crash-counts a crash, a report of a sanitizer or a hang (--seconds) inside the test
counts too: a value that is used after it was freed need not come back as a wrong answer. --tries is
for tests that meet the fault by chance.
"""

import argparse
import re
import subprocess
import sys


def verdict(test: str, status: int | None, output: str) -> str:
    """What one run says: failed, passed, crashed (inside the test), or absent."""
    lines = output.splitlines()

    def told(tag: str) -> bool:
        named = re.compile(re.escape(tag) + " " + re.escape(test) + r"(\W|$)")
        return any(named.match(line) for line in lines)

    if not told("[ RUN      ]"):
        return "absent"
    if told("[  FAILED  ]"):
        return "failed"
    if told("[       OK ]"):
        return "passed"
    if told("[  SKIPPED ]"):
        return "absent"
    return "crashed" if status != 0 else "absent"


def run(binary: list[str], test: str, seconds: float) -> tuple[int | None, str]:
    command = [*binary, f"--gtest_filter={test}", "--gtest_color=no"]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, check=False
        )
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as over:
        return None, (over.stdout or b"").decode(errors="replace")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--test", required=True)
    parser.add_argument("--tries", type=int, default=1)
    parser.add_argument("--crash-counts", action="store_true")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("binary", nargs="+")
    options = parser.parse_args()

    wanted = {"failed", "crashed"} if options.crash_counts else {"failed"}
    for attempt in range(1, options.tries + 1):
        status, output = run(options.binary, options.test, options.seconds)
        found = verdict(options.test, status, output)
        if found in wanted:
            print(f"found: {options.test} {found} (try {attempt} of {options.tries})")
            return 0
        if found != "passed":
            break
    print(output[-4000:])
    print(f"NOT found: {options.test} {found}, exit status {status}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
