"""What all tests share: which build is tested is said, and random tests can be repeated."""

from __future__ import annotations

import platform
import sys

import pytest
from hypothesis import settings

import atomos

settings.register_profile("atomos", deadline=None, print_blob=True, database=None)
settings.load_profile("atomos")


def pytest_report_header(config: pytest.Config) -> str:
    """Names the interpreter, its locking, and the installed package."""
    locked = getattr(sys, "_is_gil_enabled", lambda: True)()
    return (
        f"atomos {atomos.__version__} of {atomos.__file__}\n"
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{'with the GIL' if locked else 'free-threaded'}"
    )
