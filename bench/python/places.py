"""The environments: one for each interpreter, with atomos and every peer that it can have."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ORIGINAL = "atomos"


@dataclasses.dataclass
class Place:
    """What was made for one interpreter."""

    name: str
    python: str
    floor: Path
    original: Path
    # Package: version; and what is not there: why.
    versions: dict
    skipped: dict

    def command(self, group):
        folders = {"floor": [self.floor.parent], "atomos 0.3.1": [self.original]}.get(group, [])
        return [self.python, str(HERE / "engine.py"), group, *map(str, folders)]

    def groups(self):
        groups = [
            "atomos",
            "atomos 0.3.1",
            *(line for line in peers() if "==" not in line),
            "floor",
        ]
        return [group for group in groups if group not in self.skipped]


def peers():
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def interpreters(given):
    """(name, executable) of those given, else of the 3.11 and the free-threaded 3.13."""
    command = [sys.executable, str(ROOT / "packaging" / "dev" / "interpreters.py"), *given]
    found = [
        line.split("\t")[1:]
        for line in subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        if line.startswith("use\t")
    ]
    wanted = {os.path.realpath(executable) for executable in given}
    if wanted:
        chosen = [(name, executable) for name, executable in found if executable in wanted]
        if len(chosen) < len(wanted):
            raise SystemExit(f"not usable: {', '.join(wanted - {exe for _, exe in chosen})}")
        return chosen
    chosen = {}
    for name, executable in found:
        if re.fullmatch(r"3\.11(\.\d+)*|3\.13(\.\d+)*t", name):
            chosen[name.endswith("t")] = (name, executable)
    if not chosen:
        raise SystemExit("no CPython 3.11 or free-threaded 3.13 was found; --python PATH names one")
    return list(chosen.values())


def reason(output):
    """Of what pip said, the line that tells why."""
    for pattern in (r"\S+ Requires-Python \S+", r"\w+Error: .+", r"^ERROR: .+", r".*\S.*"):
        found = re.findall(pattern, output, re.MULTILINE)
        if found:
            return re.sub(r"\S+://\S+", "...", found[-1]).strip()[:200]
    return "pip failed"


def pip(python, *arguments, **environment):
    """None, or why it failed."""
    done = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | environment,
    )
    return None if done.returncode == 0 else reason(done.stdout + done.stderr)


def ask(python, code):
    return subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "bench"
    ).stdout.strip()


def build_floor(python, folder):
    """The extension that only measures calls, compiled as extensions are."""
    include, suffix = ask(
        python,
        "import sysconfig as s; print(s.get_path('include')); "
        "print(s.get_config_var('EXT_SUFFIX'))",
    ).splitlines()
    made = folder / f"floor{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            os.environ.get("CC", "cc"),
            "-O2",
            "-DNDEBUG",
            "-shared",
            "-fPIC",
            "-I",
            include,
            str(HERE / "floor.c"),
            "-o",
            str(made),
        ],
        check=True,
    )
    return made


def install_peer(python, line, original):
    if line.startswith(ORIGINAL):
        # It is pure Python; its setup.py needs what newer setuptools no longer has.
        limit = original.parent / "original.txt"
        limit.write_text("setuptools<72\n", encoding="utf-8")
        return pip(
            python,
            "install",
            "--no-deps",
            "--upgrade",
            "--target",
            str(original),
            line,
            "six",
            PIP_CONSTRAINT=str(limit),
        )
    # The newest; an older one that is there compiled, if that cannot be built.
    why = pip(python, "install", "--upgrade", line)
    return why and pip(python, "install", "--prefer-binary", line) and why


def install_peers(python, folder, say):
    """{peer: None or why it is missing}; what was installed before is not looked for again."""
    record = folder / "peers.json"
    known = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    for line in peers():
        if known.get(line, "") is not None:
            say(f"installing {line}")
            known[line] = install_peer(python, line, folder / "original")
    record.write_text(json.dumps(known), encoding="utf-8")
    return {line: known[line] for line in peers()}


def install_atomos(python, folder):
    missing = pip(python, "install", "scikit-build-core>=1.0")
    return missing or pip(
        python,
        "install",
        "--no-deps",
        "--no-build-isolation",
        "--force-reinstall",
        f"--config-settings=build-dir={folder / 'atomos'}",
        ".",
    )


def version(python, package):
    try:
        return ask(python, f"import importlib.metadata as m; print(m.version({package!r}))")
    except subprocess.CalledProcessError:
        return "?"


def prepare(name, executable, build, say):
    folder = Path(build).resolve() / "bench-python" / name
    python = str(folder / "venv" / "bin" / "python")
    if not os.path.exists(python):
        say(f"an environment for {name}")
        subprocess.run([executable, "-m", "venv", str(folder / "venv")], check=True)
    missing = install_peers(python, folder, say)
    say(f"building atomos for {name}")
    skipped = {
        "atomos 0.3.1" if line.startswith(ORIGINAL) else line: why
        for line, why in missing.items()
        if why is not None
    }
    why = install_atomos(python, folder)
    if why is not None:
        skipped["atomos"] = why
    versions = {
        line: version(python, line)
        for line in ["atomos", *peers()]
        if line not in skipped and "==" not in line
    }
    return Place(
        name, python, build_floor(python, folder / "floor"), folder / "original", versions, skipped
    )
