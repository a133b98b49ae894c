"""Programs of their own, for what a test cannot survive: exit, crashes, a failing malloc."""

from __future__ import annotations

import subprocess
import sys
import textwrap

GUARD_SECONDS = 240


def run_script(source: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs Python code in a fresh interpreter; after GUARD_SECONDS it is killed."""
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", *options, "-c", textwrap.dedent(source)],
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )


def quiet(source: str, *options: str) -> str:
    """Runs a script that must end well and write nothing to stderr; gives what it printed."""
    ended = run_script(source, *options)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    return ended.stdout
