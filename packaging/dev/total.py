"""Adds up what ctest and pytest wrote for each stage; the last line is the total.

total.py STATUS FOLDER STAGE...: with a STATUS other than 0 a stage failed; one that failed before or
beside its tests counts as one failure. A stage writes FOLDER/STAGE.xml, or FOLDER/STAGE/RUN.xml for
each of several runs of the same tests.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as xml

# What GoogleTest says of a test that was skipped inside a binary that ctest runs whole.
SKIPPED_INSIDE = re.compile(r"^(.*): Skipped\n(.*)\n(?:.*\n)*?\[  SKIPPED \] ([\w./]+)", re.MULTILINE)
SKIP_REASON = re.compile(r"Skipped\n(.+)|skipped: (.+)|\*\*\* ?SKIPPED:? ?(.*)", re.IGNORECASE)


def reason(case):
    """Why a test was skipped: in pytest's words, else in what the test printed."""
    mark = case.find("skipped")
    said = None if mark is None else mark.get("message")
    if said == "collection skipped":  # a whole file: (path, line, "Skipped: why")
        within = re.search(r"Skipped: (.+?)['\"]\)?$", (mark.text or "").strip())
        return within[1] if within else said
    if mark is not None and mark.get("type", "").startswith("pytest."):
        return said or "no reason given"
    found = SKIP_REASON.search(case.findtext("system-out") or "")
    return next((part.strip() for part in found.groups() if part), "no reason given") if found \
        else "no reason given"


def name_of(case):
    name, group = case.get("name"), case.get("classname")
    return name if group in (None, "", name) else f"{group}.{name}"


def runs(folder, stages):
    """(stage, run or "", its test cases)."""
    for stage in stages:
        for file in [folder / f"{stage}.xml", *sorted((folder / stage).glob("*.xml"))]:
            if file.exists():
                run = file.stem if file.parent != folder else ""
                yield stage, run, xml.parse(file).getroot().iter("testcase")


def add_up(folder, stages):
    """(passed, {name of the failed: runs}, {(name, reason) of the skipped: runs})."""
    passed, failed, skipped = 0, {}, {}
    for stage, run, cases in runs(folder, stages):
        for case in cases:
            name = f"{stage}: {name_of(case)}"
            if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
                skipped.setdefault((name, reason(case)), []).append(run)
            elif any(case.find(bad) is not None for bad in ("failure", "error")) \
                    or case.get("status") == "fail":
                failed.setdefault(name, []).append(run)
            else:
                passed += 1
                for inside in SKIPPED_INSIDE.finditer(case.findtext("system-out") or ""):
                    why = inside[2].strip() or "no reason given"
                    skipped.setdefault((f"{name}: {inside[3]}", why), []).append(run)
    return passed, failed, skipped


def where(names):
    return f" ({', '.join(names)})" if any(names) else ""


def main():
    status, folder, *stages = sys.argv[1:]
    passed, failed, skipped = add_up(pathlib.Path(folder), stages)
    for (name, why), names in skipped.items():
        print(f"skipped  {name}: {why}{where(names)}")
    for name, names in failed.items():
        print(f"failed   {name}{where(names)}")
    failures = max(sum(map(len, failed.values())), int(status != "0"))
    print(f"{passed} passed, {failures} failed, {sum(map(len, skipped.values()))} skipped")


if __name__ == "__main__":
    main()
