"""Compiles a file twice: the twin must pass, the code under WRONG must be refused for the right reason."""

import argparse
import os
import re
import subprocess
import sys


def compile_file(command, file, *more):
    done = subprocess.run([*command, *more, file], capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C"})
    return done.returncode == 0, done.stderr


def verdict(command, file, expect):
    """None if all is as it should be, otherwise what is not."""
    compiles, said = compile_file(command, file)
    if not compiles:
        return f"the correct twin does not compile:\n{said}"
    compiles, said = compile_file(command, file, "-DWRONG")
    if compiles:
        return "the wrong code compiles"
    if not re.search(expect, said):
        return f"refused, but no diagnostic matches {expect!r}:\n{said}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", required=True)
    parser.add_argument("--expect", required=True, help="a regular expression")
    parser.add_argument("command", nargs="+", help="the compiler and its options")
    given = parser.parse_args()
    fault = verdict(given.command, given.file, given.expect)
    if fault:
        sys.exit(f"{given.file}: {fault}")


if __name__ == "__main__":
    main()
