"""Teaches GDB what atomos' types hold. In GDB, or in ~/.gdbinit:

    source PREFIX/share/atomos/gdb/atomos.py
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import atomos_gdb  # noqa: E402

atomos_gdb.register()
