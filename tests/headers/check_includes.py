"""Checks who includes whom in include/atomos, and that all atomics go through the door.

    front types   never reach a scope's header
    scopes        never reach each other
    hazard slots  are included by the thread scope and by atomos/detail alone
    atomics       <atomic>, std::atomic and the compiler's builtins stand in the door's own files alone
    the list      in cmake/headers.cmake names exactly the headers that exist
"""

import pathlib
import re
import sys

FRONT = {
    "cell", "errors", "options", "number", "boolean", "reference", "array", "stamped", "markable",
    "adder", "accumulator", "aref", "watches", "watching", "atom", "cursor", "format", "ostream",
    "statistics",
}

# The headers in which a scope lives; a scope's folder belongs to it too.
SCOPES = {
    "thread": {"thread", "snapshot"},
    "process": set(),
    "cluster": set(),
}

# What programs include, and headers do not: a scope, whole. Scopes after the first bring it with them.
UMBRELLAS = {"atomos", "process", "cluster"}

HAZARD = "detail/hazard"
DOOR = {
    "detail/atomic",
    "detail/system",
    "detail/linux",
    "detail/rendezvous",
    "detail/word_ref",
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)
ATOMIC = re.compile(
    r"#[ \t]*include[ \t]*<(?:atomic|stdatomic\.h)>"
    r"|\bstd::atomic\w*|\batomic_(?:ref|flag|thread_fence|signal_fence)\b"
    r"|\b__atomic_\w+|\b__sync_\w+|\b__c11_atomic\w+")
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def without_comments(text):
    """The code, lines kept; strings go too, but for those of an #include."""
    def blank(found):
        start = text.rfind("\n", 0, found.start()) + 1
        if text[start:found.start()].lstrip().startswith("#") and found[0].startswith('"'):
            return found[0]
        return "\n" * found[0].count("\n")
    return NOT_CODE.sub(blank, text)


def name_of(include, includer):
    """`atomos/detail/node.hpp` as `detail/node`; None for what is not ours."""
    if include.startswith("atomos/"):
        return include.removeprefix("atomos/").removesuffix(".hpp")
    beside = pathlib.PurePosixPath(includer).parent / include
    return str(beside).removesuffix(".hpp") if include.endswith(".hpp") else None


def read(folder):
    """Each header's name with its code."""
    return {
        str(file.relative_to(folder).with_suffix("").as_posix()): without_comments(file.read_text())
        for file in sorted(folder.rglob("*.hpp"))
    }


def reached(start, includes):
    """Every header that start includes, at any depth, with the path that leads there."""
    paths = {start: [start]}
    rooms = [start]
    while rooms:
        here = rooms.pop()
        for there in includes.get(here, ()):
            if there not in paths:
                paths[there] = [*paths[here], there]
                rooms.append(there)
    del paths[start]
    return paths


def scope_of(header):
    for scope, heads in SCOPES.items():
        if header in heads or header.startswith(scope + "/"):
            return scope
    return None


def faults(code):
    """What is wrong with these headers, one sentence each."""
    includes = {
        header: [n for n in (name_of(i, header) for i in INCLUDE.findall(text)) if n]
        for header, text in code.items()
    }
    found = []
    for header, text in code.items():
        scope = scope_of(header)
        for other, path in reached(header, includes).items():
            way = " -> ".join(path)
            if header in FRONT and scope_of(other):
                found.append(f"front type {header} reaches the {scope_of(other)} scope: {way}")
            if scope and scope_of(other) not in (None, scope):
                found.append(f"scope {scope} reaches scope {scope_of(other)}: {way}")
            if header not in UMBRELLAS and other in UMBRELLAS and len(path) == 2:
                found.append(f"{header} includes the umbrella {other}")
        may_see_hazard = scope == "thread" or header.startswith("detail/")
        if HAZARD in includes[header] and not may_see_hazard:
            found.append(f"{header} includes {HAZARD}")
        if header not in DOOR:
            for atomic in ATOMIC.finditer(text):
                line = text.count("\n", 0, atomic.start()) + 1
                found.append(f"{header}.hpp:{line} goes around the door: {atomic[0]}")
    return found


def list_faults(code, headers_cmake):
    listed = set(re.findall(r"include/atomos/([\w/]+)\.hpp", headers_cmake))
    return ([f"{h}.hpp is not listed in cmake/headers.cmake" for h in sorted(code.keys() - listed)] +
            [f"cmake/headers.cmake lists {h}.hpp, which is not there" for h in
             sorted(listed - code.keys())])


def main():
    root = pathlib.Path(sys.argv[1])
    code = read(root / "include" / "atomos")
    found = faults(code) + list_faults(code, (root / "cmake" / "headers.cmake").read_text())
    print("\n".join(found) or f"{len(code)} headers, nothing to object to")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
