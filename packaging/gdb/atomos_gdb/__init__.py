"""Printers of atomos' types. They only read memory: the program need not run, a core file will do."""

import re

import gdb
import gdb.printing

from . import counters, processes, threads

PRINTERS = [*threads.PRINTERS, *processes.PRINTERS, *counters.PRINTERS]


class Printers:
    """Finds the printer for a value by the name of its type, without template arguments."""

    name = "atomos"
    enabled = True
    subprinters = None

    def __init__(self):
        self._found = [(re.compile(pattern + r"$"), printer) for pattern, printer in PRINTERS]

    def __call__(self, value):
        name = value.type.strip_typedefs().unqualified().name
        if name is None or not name.startswith("atomos::"):
            return None
        plain = name.partition("<")[0]
        # What stands inside a type of ours has a name behind the template arguments.
        if name.count("<") and not name.endswith(">"):
            return None
        for pattern, printer in self._found:
            if pattern.match(plain):
                return printer(value)
        return None


def register():
    gdb.printing.register_pretty_printer(None, Printers(), replace=True)
