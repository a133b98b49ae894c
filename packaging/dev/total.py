"""Adds up what ctest wrote for each stage; the last line is the total.

total.py STATUS FOLDER STAGE...: with a STATUS other than 0 a stage failed; one that failed before or
beside its tests counts as one failure.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as xml

# What GoogleTest says of a test that was skipped inside a binary that ctest runs whole.
SKIPPED_INSIDE = re.compile(r"^(.*): Skipped\n(.*)\n(?:.*\n)*?\[  SKIPPED \] ([\w./]+)", re.MULTILINE)
SKIP_REASON = re.compile(r"Skipped\n(.+)|skipped: (.+)|\*\*\* ?SKIPPED:? ?(.*)", re.IGNORECASE)


def reason(output):
    found = SKIP_REASON.search(output or "")
    return next((part.strip() for part in found.groups() if part), "no reason given") if found \
        else "no reason given"


def add_up(folder, stages):
    """(passed, names of the failed, (name, reason) of the skipped)."""
    passed, failed, skipped = 0, [], []
    for stage in stages:
        file = folder / f"{stage}.xml"
        if not file.exists():
            continue
        for case in xml.parse(file).getroot().iter("testcase"):
            name = f"{stage}: {case.get('name')}"
            if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
                skipped.append((name, reason(case.findtext("system-out"))))
            elif case.find("failure") is not None or case.get("status") == "fail":
                failed.append(name)
            else:
                passed += 1
                skipped += [(f"{name}: {inside[3]}", inside[2].strip() or "no reason given")
                            for inside in SKIPPED_INSIDE.finditer(case.findtext("system-out") or "")]
    return passed, failed, skipped


def main():
    status, folder, *stages = sys.argv[1:]
    passed, failed, skipped = add_up(pathlib.Path(folder), stages)
    for name, why in skipped:
        print(f"skipped  {name}: {why}")
    for name in failed:
        print(f"failed   {name}")
    failures = max(len(failed), int(status != "0"))
    print(f"{passed} passed, {failures} failed, {len(skipped)} skipped")


if __name__ == "__main__":
    main()
