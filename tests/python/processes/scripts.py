"""Programs of their own: processes that share nothing with the test but names."""

import subprocess
import sys
import textwrap
from pathlib import Path

from .children import GUARD


def started(source, *arguments, **options):
    """Begins a Python program, given as text; its pipes are text."""
    return subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(source), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def ended(program):
    """Waits for a program's end: its status, and all that it wrote."""
    try:
        out, err = program.communicate(timeout=GUARD)
    except subprocess.TimeoutExpired:
        program.kill()
        raise
    return program.returncode, out, err


def run(source, *arguments):
    """Runs a program that must end well; returns what it printed, without its last newline."""
    status, out, err = ended(started(source, *arguments))
    assert status == 0, out + err
    return out.rstrip("\n")


def run_file(path, source, *arguments):
    """As `run`, from a file: multiprocessing can find __main__ again under every start method."""
    Path(path).write_text(textwrap.dedent(source), encoding="utf-8")
    ended_file = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(path), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=GUARD,
        check=False,
    )
    assert ended_file.returncode == 0, ended_file.stdout + ended_file.stderr
    return ended_file.stdout.rstrip("\n")
