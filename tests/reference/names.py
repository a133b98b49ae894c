"""Walks the tables of docs/reference/names.md.

    names.py exist TABLE FOLDER -- COMPILER FLAG...    every name of ours exists: a source is made, and compiled
    names.py complete TABLE JAVAP...                   every public method of the JDK has a row
"""

import pathlib
import re
import subprocess
import sys

SKIPPED = 77

JAVA = "java.util.concurrent.atomic"
CLASSES = ("AtomicBoolean AtomicInteger AtomicIntegerArray AtomicIntegerFieldUpdater AtomicLong AtomicLongArray "
           "AtomicLongFieldUpdater AtomicMarkableReference AtomicReference AtomicReferenceArray "
           "AtomicReferenceFieldUpdater AtomicStampedReference DoubleAccumulator DoubleAdder LongAccumulator "
           "LongAdder").split()

# What a name without arguments stands for.
TYPES = {
    "AtomicReference": "AtomicReference<int>", "Atom": "Atom<int>", "ARef": "ARef<int>",
    "AtomicView": "AtomicView<int>", "AtomicReferenceArray": "AtomicReferenceArray<int>",
    "AtomicStampedReference": "AtomicStampedReference<int>",
    "AtomicMarkableReference": "AtomicMarkableReference<int>",
    "LongAccumulator": "LongAccumulator<std::plus<>>",
    "DoubleAccumulator": "DoubleAccumulator<std::plus<>>",
    **{n: n for n in ("AtomicBoolean", "AtomicInteger", "AtomicLong", "AtomicIntegerArray", "AtomicLongArray",
                      "LongAdder", "DoubleAdder")},
}

HEADERS = ("atomos.hpp", "cursor.hpp", "ostream.hpp", "statistics.hpp", "transact.hpp", "watching.hpp")


def rows(text):
    """(section, names there, names here, how, line) of each row."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            section = line[3:].strip()
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if not line.startswith("|") or cells[0] == "there" or set(cells[0]) <= set("-"):
            continue
        yield (section, re.findall(r"`([^`]+)`", cells[0]) or [cells[0]],
               re.findall(r"`([^`]+)`", cells[1]), cells[2], number)


def faults_of_form(table):
    """Rows that name nothing and give no reason."""
    return [f"line {line}: {' '.join(there)} is left out, and no reason is given"
            for _, there, here, how, line in table if not here and not how]


def source(table):
    """A program that compiles only if every name exists."""
    members, types, functions, lines = set(), set(), set(), []
    for _, _, here, _, line in table:
        for name in here:
            type_, _, member = name.partition("::")
            if name == "operator<<":
                lines.append(f'static_assert(requires(std::ostream& out) {{ out << std::declval<const '
                             f'AtomicInteger&>(); }}, "line {line}: operator<<");')
            elif member:
                members.add(member)
                shown = TYPES.get(type_, type_)
                lines.append(f'static_assert(has_{member}<{shown}>, "line {line}: {name} is not there");')
            elif type_ in TYPES:
                types.add(TYPES[type_])
            else:
                functions.add(name)
    # A name that a class has as well as another base of the same class is ambiguous.
    probes = [f"struct named_{m} {{ int {m}; }};\n"
              f"template <class T> struct both_{m} : T, named_{m} {{}};\n"
              f"template <class T> concept has_{m} = !requires {{ &both_{m}<T>::{m}; }};"
              for m in sorted(members)]
    return "\n".join([
        *(f"#include <atomos/{header}>" for header in HEADERS), "#include <functional>", "#include <ostream>",
        "#include <utility>", "namespace reference {", "using namespace atomos;", *probes,
        *(f"using atomos::{f};" for f in sorted(functions)),
        *(f"static_assert(sizeof({t}) != 0);" for t in sorted(types)), *lines, "}", ""])


def public_methods(javap, class_):
    """Names, without constructors."""
    listing = subprocess.run([javap, "-public", class_], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"\b(\w+)\(", listing)) - {class_.rpartition(".")[2]}


def missing(table, methods_of):
    """What a JDK has and the table lacks, and rows that no JDK has. methods_of(class) gives the names."""
    found = []
    for class_ in [*(f"{JAVA}.{c}" for c in CLASSES), "java.lang.invoke.VarHandle"]:
        listed = {name for section, there, *_ in table if section == class_ for name in there}
        there = methods_of(class_)
        found += [f"{class_}.{name} has no row" for name in sorted(there - listed)]
        found += [f"{class_}.{name} has a row, and is not in this JDK" for name in sorted(listed - there)]
    return found


def main():
    what, path, *rest = sys.argv[1:]
    table = list(rows(pathlib.Path(path).read_text()))
    if what == "exist":
        folder, _, *compiler = rest
        program = pathlib.Path(folder) / "names.cpp"
        program.write_text(source(table))
        found = faults_of_form(table)
        run = subprocess.run([*compiler, "-fsyntax-only", str(program)], capture_output=True, text=True, check=False)
        if run.returncode:
            found += [line for line in run.stderr.splitlines() if "error:" in line] or [run.stderr]
        print("\n".join(found) or f"{len(table)} rows, and every name is there")
        sys.exit(bool(found))
    if not rest:
        print("skipped: no javap was found")
        sys.exit(SKIPPED)
    found = [fault for javap in rest for fault in missing(table, lambda c, j=javap: public_methods(j, c))]
    print("\n".join(found) or f"complete, as {' and '.join(rest)} see it")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
