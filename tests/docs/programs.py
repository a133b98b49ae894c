"""Compiles and runs the C++ in README.md and docs/*.md: what is not compiled is false.

    ```cpp                 a program: it has an `int main`, is compiled and run, and must exit with 0
    ```cpp fragment        statements: compiled inside a function
    ```cpp declarations    compiled at namespace scope
    ```cpp excluded        not compiled, and reported as such

A comment right before a block, `<!-- given` code `-->`, is compiled in front of it, at namespace scope.
"""

import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys

FENCE = re.compile(r"^[ ]*(?P<fence>`{3,})[ ]*(?P<info>[^\n`]*)\n(?P<text>.*?)^[ ]*(?P=fence)[ ]*$",
                   re.MULTILINE | re.DOTALL)
GIVEN = re.compile(r"<!-- given\n(.*?)-->[ ]*\n\s*\Z", re.DOTALL)
MAIN = re.compile(r"\bint main\s*\(")
INCLUDE = re.compile(r"^[ ]*#[ ]*include\b.*\n", re.MULTILINE)
PRELUDE = "".join(f"#include <{h}>\n" for h in (
    "atomos/atomos.hpp", "atomos/process.hpp", "chrono", "cstdint", "iostream", "map", "memory", "optional", "string",
    "thread", "utility", "vector"))
KINDS = {"fragment", "declarations", "excluded"}


@dataclasses.dataclass
class Block:
    where: str
    line: int
    kind: str
    text: str
    given: str = ""

    @property
    def title(self):
        return f"{self.where}:{self.line}"

    def source(self):
        """What the compiler gets; its messages name the document's own lines."""
        here = f'#line {self.line + 1} "{self.where}"\n'
        if self.kind == "program":
            return self.given + here + self.text
        includes = "".join(INCLUDE.findall(self.text))
        body = INCLUDE.sub("\n", self.text)
        if self.kind == "fragment":
            body = f"[[maybe_unused]] static void fragment() {{\n{here}{body}\n}}\n"
        else:
            body = here + body
        return PRELUDE + includes + self.given + body


class Fault(Exception):
    """A block that does not say what it is."""


def blocks(where, text):
    """The C++ blocks of a document."""
    found = []
    for match in FENCE.finditer(text):
        words = match["info"].split()
        if not words or words[0] not in ("cpp", "c++"):
            continue
        line = text.count("\n", 0, match.start()) + 1
        given = GIVEN.search(text, 0, match.start())
        block = Block(where, line, words[1] if len(words) > 1 else "program", match["text"],
                      given[1] if given else "")
        if block.kind == "program" and not MAIN.search(block.text):
            raise Fault(f"{block.title}: no int main; mark it `cpp fragment`, "
                        "`cpp declarations` or `cpp excluded`")
        if block.kind != "program" and block.kind not in KINDS:
            raise Fault(f"{block.title}: what is `cpp {block.kind}`?")
        found.append(block)
    return found


def fault_of(block, number, folder, command):
    """None if the block compiles (and runs), otherwise what is wrong."""
    source = folder / f"{number}.cpp"
    program = folder / str(number)
    source.write_text(block.source())
    how = ["-o", str(program)] if block.kind == "program" else ["-fsyntax-only", "-Wno-unused"]
    libraries = [word for word in command if word.endswith(".a")]
    options = [word for word in command if word not in libraries]
    built = subprocess.run([*options, str(source), *how, *(libraries * (block.kind == "program"))],
                           capture_output=True, text=True, check=False)
    if built.returncode:
        return f"does not compile\n{built.stderr}"
    if built.stderr:
        return f"compiles with warnings\n{built.stderr}"
    if block.kind != "program":
        return None
    try:
        regions = program.with_suffix(".regions")
        regions.mkdir(exist_ok=True)
        for left in regions.iterdir():
            left.unlink()
        ran = subprocess.run([str(program)], capture_output=True, text=True, timeout=60, check=False,
                             env={**os.environ, "ATOMOS_REGIONS": str(regions)})
    except subprocess.TimeoutExpired:
        return "does not end"
    return f"exits with {ran.returncode}\n{ran.stdout}{ran.stderr}" if ran.returncode else None


def check(found, folder, command, tell=print):
    """Checks every block; the number of faults."""
    folder.mkdir(parents=True, exist_ok=True)
    faults = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        tasks = [(block, None if block.kind == "excluded" else
                  pool.submit(fault_of, block, number, folder, command))
                 for number, block in enumerate(found)]
        for block, task in tasks:
            fault = task.result() if task else None
            faults += fault is not None
            tell(f"{block.title}: {fault or ('excluded' if not task else block.kind + ', sound')}")
    return faults


def main():
    root, folder, _, *command = sys.argv[1:]
    root = pathlib.Path(root)
    documents = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    documents = [document for document in documents if document.exists()]
    if not documents:
        print("skipped: there is no README.md and no docs")
        sys.exit(77)
    try:
        found = [block for document in documents
                 for block in blocks(str(document.relative_to(root)), document.read_text())]
    except Fault as fault:
        sys.exit(str(fault))
    sys.exit(bool(check(found, pathlib.Path(folder), command)))


if __name__ == "__main__":
    main()
