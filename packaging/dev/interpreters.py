"""Finds the CPythons on which the Python package can be built and tested.

interpreters.py [EXECUTABLE...]: prints `use NAME EXECUTABLE` and `leave WHAT WHY`, separated by tabs,
oldest first. Looked at, beside the executables given: $ATOMOS_PYTHONS (separated by colons), python3
and python3.N on PATH and in /usr/bin, pyenv's versions, and /opt/python3.13t.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

OLDEST = (3, 10)
COMMAND = re.compile(r"python3(\.\d+)?t?")
PROBE = """
import importlib.util, json, os, platform, sys, sysconfig
print(json.dumps({
    "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "implementation": platform.python_implementation(),
    "version": list(sys.version_info[:3]),
    "suffix": "" if sys.version_info[3] == "final" else "".join(map(str, sys.version_info[3:])),
    "threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "debug": hasattr(sys, "gettotalrefcount"),
    "headers": os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")),
    "venv": all(map(importlib.util.find_spec, ("venv", "ensurepip"))),
}))
"""


def candidates(given):
    """Executables that may be interpreters, some of them twice, by several names."""
    yield from given
    yield from filter(None, os.environ.get("ATOMOS_PYTHONS", "").split(":"))
    for folder in [*os.environ.get("PATH", "").split(os.pathsep), "/usr/bin"]:
        # pyenv's shims are scripts that start whichever version was chosen; the versions follow below.
        if folder and pathlib.Path(folder).name != "shims" and os.path.isdir(folder):
            for name in sorted(filter(COMMAND.fullmatch, os.listdir(folder))):
                yield os.path.join(folder, name)
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    yield from map(str, sorted(pyenv.glob("versions/*/bin/python")))
    yield from map(str, pathlib.Path("/opt").glob("python3.13t/bin/python3.13t"))


def probe(executable):
    """What the interpreter says of itself, or None if it does not answer."""
    try:
        answer = subprocess.run(
            [executable, "-I", "-c", PROBE], capture_output=True, text=True, timeout=60, check=True
        ).stdout
        return json.loads(answer)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def obstacle(found):
    """Why this interpreter cannot be used, or None."""
    if found["implementation"] != "CPython":
        return f"{found['implementation']}, not CPython"
    if not found["headers"]:
        return "its headers are missing (Debian: python3-dev)"
    if not found["venv"]:
        return "it cannot make environments (Debian: python3-venv)"
    return None


def name_of(found, taken):
    """A short name that no other has: 3.11.2, 3.13.0t, 3.11.2.2 for the second of its kind."""
    name = ".".join(map(str, found["version"])) + found["suffix"]
    name += "t" * found["threaded"] + "d" * found["debug"]
    return next(
        each for each in (name, *(f"{name}.{count}" for count in range(2, 1000))) if each not in taken
    )


def main():
    found, mute = {}, []
    for executable in candidates(sys.argv[1:]):
        answer = probe(executable)
        if answer is None:
            if executable not in mute:
                mute.append(executable)
        else:
            found.setdefault(answer["executable"], answer)

    taken, old = set(), []
    for executable, answer in sorted(found.items(), key=lambda item: (item[1]["version"], item[0])):
        if tuple(answer["version"]) < OLDEST:
            old.append(".".join(map(str, answer["version"])))
        elif why := obstacle(answer):
            print("leave", executable, why, sep="\t")
        else:
            name = name_of(answer, taken)
            taken.add(name)
            print("use", name, executable, sep="\t")
    if old:
        print("leave", ", ".join(old), f"older than {'.'.join(map(str, OLDEST))}", sep="\t")
    for executable in mute:
        print("leave", executable, "it does not start, or is older than 3.4", sep="\t")


if __name__ == "__main__":
    main()
