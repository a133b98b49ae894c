"""Every C++ source of ours is compiled by the build: a test that nobody registered tests nothing."""

import json
import pathlib
import sys

# Compiled by tests of their own, in ways that the build's list does not know.
ELSEWHERE = ("tests/compile_fail/", "tests/package/", "tests/printing/std_format.cpp")

root, commands = (pathlib.Path(argument) for argument in sys.argv[1:])
if not commands.exists():
    print("skipped: the build has no compile_commands.json")
    sys.exit(77)

compiled = {pathlib.Path(entry["file"]).resolve() for entry in json.loads(commands.read_text())}
missing = [
    name for folder in ("tests", "examples", "tools", "src") for file in sorted((root / folder).rglob("*.cpp"))
    if not (name := file.relative_to(root).as_posix()).startswith(ELSEWHERE)
    and file.resolve() not in compiled
]
for name in missing:
    print(f"{name} is compiled by nothing")
sys.exit(bool(missing))
