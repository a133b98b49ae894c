"""What is measured: for each package its objects and, for each operation, two statements that take
turns, so that a value ends where it began (and lost updates show).

{a} and {b} are the two values, {s} is their sum. Small ones are in the interpreter's cache; large
ones are made anew each time. Where an operation's name ends with KEPT, each thread looks its
methods up once, before the loop.
"""

import dataclasses

KEPT = ", kept"
PAYLOADS = {"small": (7, 8), "large": (1_000_000, 1_000_001)}

# Also measured with two threads, on one object and on one each.
THREADED = (
    "int.get",
    "int.add_and_get",
    "int.increment_and_get",
    "int.add_and_get, kept",
    "adder.add",
    "adder.add, kept",
    "ref.get",
    "ref.set",
    "atom.deref",
    "atom.swap",
    "floor.bare_none",
    "floor.bare_one",
    "floor.get_number",
    "floor.add",
    "floor.increment",
    "floor.get_held",
)


@dataclasses.dataclass
class Cell:
    subject: str
    op: str
    payload: str
    setup: str
    first: str
    second: str
    check: str
    lanes: str
    note: str

    @property
    def key(self):
        return f"{self.subject}/{self.op}/{self.payload}/{self.lanes}"


OBJECTS = """
class Held:
    pass
a, b = Held(), Held()
"""
DICT = "d = {{'host': 'localhost', 'port': 8080, 'open': True}}\nr = {{**d, 'port': 8081}}\n"
TURN = "turn = lambda v: {s} - v\n"
TURN_DICT = "turn = lambda v: {{**v, 'port': 16161 - v['port']}}\n"
OLD = "returns the old value"
NOTHING = "returns nothing"


def numbers(make, prefix, ops, check=""):
    """Operations on an integer `x`, with small and large values."""
    return [
        (f"{prefix}.{op}", ("small", "large"), "x = " + make + "\n", statements, check)
        for op, statements in ops.items()
    ]


def others(setup, prefix, ops, check=""):
    return [
        (f"{prefix}.{op}", ("",), setup + "\n", statements, check) for op, statements in ops.items()
    ]


INTEGER = {
    "get": ("x.get()", "x.get()"),
    "set": ("x.set({b})", "x.set({a})"),
    "get_and_set": ("x.get_and_set({b})", "x.get_and_set({a})"),
    "compare_and_set": ("x.compare_and_set({a}, {b})", "x.compare_and_set({b}, {a})"),
    "add_and_get": ("x.add_and_get(1)", "x.add_and_get(-1)"),
    "get_and_add": ("x.get_and_add(1)", "x.get_and_add(-1)"),
    "increment_and_get": ("x.increment_and_get()", "x.decrement_and_get()"),
    "+=": ("x += 1", "x -= 1"),
    "max_and_get": ("x.max_and_get({a})", "x.max_and_get({a})"),
    "bitwise_or_and_get": ("x.bitwise_or_and_get({a})", "x.bitwise_or_and_get({a})"),
}
INTEGER_KEPT = {"add_and_get" + KEPT: INTEGER["add_and_get"]}
ADDER = {name: ("x.add(1)", "x.add(-1)") for name in ("add", "add" + KEPT)}
UPDATE = {"update_and_get": ("x.update_and_get(turn)", "x.update_and_get(turn)")}
REFERENCE = {
    "get": ("x.get()", "x.get()"),
    "set": ("x.set(b)", "x.set(a)"),
    "get_and_set": ("x.get_and_set(b)", "x.get_and_set(a)"),
    "compare_and_set": ("x.compare_and_set(a, b)", "x.compare_and_set(b, a)"),
}
BOOLEAN = {
    "get": ("x.get()", "x.get()"),
    "set": ("x.set(True)", "x.set(False)"),
    "get_and_set": ("x.get_and_set(True)", "x.get_and_set(False)"),
    "compare_and_set": ("x.compare_and_set(False, True)", "x.compare_and_set(True, False)"),
}
FLOAT = {
    "get": ("x.get()", "x.get()"),
    "add_and_get": ("x.add_and_get(0.5)", "x.add_and_get(-0.5)"),
    "compare_and_set": ("x.compare_and_set(0.5, 1.5)", "x.compare_and_set(1.5, 0.5)"),
}
ATOM = {
    "deref": ("x.deref()", "x.deref()"),
    "reset": ("x.reset(b)", "x.reset(a)"),
    "compare_and_set": ("x.compare_and_set(a, b)", "x.compare_and_set(b, a)"),
}
SWAP = {"swap": ("x.swap(turn)", "x.swap(turn)")}
DICTS = {"get": ("x.get()", "x.get()"), "set": ("x.set(r)", "x.set(d)")}


def pick(ops, *names):
    return {name: ops[name] for name in names}


def expand(subject, rows):
    """A cell for each payload and number of threads."""
    for op, payloads, setup, (first, second, *note), check in rows:
        for payload in payloads:
            a, b = PAYLOADS.get(payload, (7, 8))
            words = [text.format(a=a, b=b, s=a + b) for text in (setup, first, second, check)]
            lanes = ("1", "one", "own") if op in THREADED and payload != "small" else ("1",)
            for each in lanes:
                yield Cell(subject, op, payload, *words, each, *(note or [""]))
