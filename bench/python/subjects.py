"""The packages, by name: what each imports, and its cells. A peer's call stands under the name of
ours that it comes closest to; where it does less or answers otherwise, a note says so.
"""

import limits
from cells import (
    ADDER,
    ATOM,
    BOOLEAN,
    DICT,
    DICTS,
    FLOAT,
    INTEGER,
    INTEGER_KEPT,
    NOTHING,
    OBJECTS,
    OLD,
    REFERENCE,
    SWAP,
    TURN,
    TURN_DICT,
    UPDATE,
    expand,
    numbers,
    others,
    pick,
)

THREAD_INT = "atomos.atomic.AtomicInteger({a})"
PROCESS = "atomos.multiprocessing.atomic."
PROCESS_ATOM = DICT + TURN_DICT + "x = atomos.multiprocessing.atom.Atom(d)"


def atomos_cells():
    return (
        numbers(THREAD_INT, "int", INTEGER | INTEGER_KEPT, "x.get() == {a}")
        + others("x = atomos.atomic.LongAdder()", "adder", ADDER, "x.sum() == 0")
        + numbers(THREAD_INT + "\n" + TURN, "int", UPDATE, "x.get() == {a}")
        + others("x = atomos.atomic.AtomicFloat(0.5)", "float", FLOAT, "x.get() == 0.5")
        + others(
            "x = atomos.atomic.AtomicBoolean(False)",
            "bool",
            BOOLEAN | {"get_and_toggle": ("x.get_and_toggle()", "x.get_and_toggle()")},
        )
        + others(OBJECTS + "x = atomos.atomic.AtomicReference(a)", "ref", REFERENCE)
        + others(OBJECTS + "x = atomos.atom.Atom(a)", "atom", ATOM)
        + numbers("atomos.atom.Atom({a})\n" + TURN, "atom", SWAP, "x.deref() == {a}")
        + numbers(
            PROCESS + "AtomicInteger({a})",
            "process int",
            pick(INTEGER, "get", "set", "compare_and_set", "add_and_get", "increment_and_get"),
            "x.get() == {a}",
        )
        + others(DICT + "x = " + PROCESS + "AtomicReference(d)", "process ref", DICTS)
        + others(
            PROCESS_ATOM,
            "process atom",
            {
                "deref": ("x.deref()", "x.deref()"),
                "swap": SWAP["swap"],
                "reset": ("x.reset(r)", "x.reset(d)"),
            },
        )
    )


def original_cells():
    return (
        numbers(
            THREAD_INT,
            "int",
            pick(
                INTEGER,
                "get",
                "set",
                "get_and_set",
                "compare_and_set",
                "add_and_get",
                "get_and_add",
            ),
            "x.get() == {a}",
        )
        + others(OBJECTS + "x = atomos.atomic.AtomicReference(a)", "ref", REFERENCE)
        + others(OBJECTS + "x = atomos.atom.Atom(a)", "atom", ATOM)
        + numbers("atomos.atom.Atom({a})\n" + TURN, "atom", SWAP, "x.deref() == {a}")
        + numbers(
            PROCESS + "AtomicInteger({a})",
            "process int",
            pick(INTEGER, "get", "set", "compare_and_set", "add_and_get"),
            "x.get() == {a}",
        )
        + others(DICT + "x = " + PROCESS + "AtomicReference(d)", "process ref", DICTS)
        + others(
            PROCESS_ATOM,
            "process atom",
            {
                "deref": ("x.deref()", "x.deref()"),
                "swap": SWAP["swap"],
                "reset": ("x.reset(r)", "x.reset(d)"),
            },
        )
    )


def cereggii_cells():
    integer = pick(
        INTEGER, "get", "set", "get_and_set", "compare_and_set", "increment_and_get", "+="
    )
    integer["set"] = (*INTEGER["set"], NOTHING)
    integer["add_and_get"] = ("x.increment_and_get(1)", "x.increment_and_get(-1)")
    integer["get_and_add"] = ("x.get_and_increment(1)", "x.get_and_increment(-1)")
    make = "cereggii.AtomicInt64({a})"
    return (
        numbers(make, "int", integer, "x.get() == {a}")
        + numbers(make + "\n" + TURN, "int", UPDATE, "x.get() == {a}")
        + others("x = cereggii.AtomicBool(False)", "bool", BOOLEAN)
        + others(
            OBJECTS + "x = cereggii.AtomicRef(a)",
            "ref",
            REFERENCE | {"set": (*REFERENCE["set"], NOTHING)},
        )
    )


def ft_utils_cells():
    return (
        numbers(
            "ft.AtomicInt64({a})",
            "int",
            pick(INTEGER, "get", "+=")
            | {
                "set": (*INTEGER["set"], NOTHING),
                "increment_and_get": ("x.incr()", "x.decr()"),
            },
            "x.get() == {a}",
        )
        + others(
            "x = ft.AtomicFlag(False)",
            "bool",
            {"get": ("bool(x)", "bool(x)"), "set": BOOLEAN["set"]},
        )
        + others(
            OBJECTS + "x = ft.AtomicReference(a)",
            "ref",
            pick(REFERENCE, "get")
            | {
                "set": (*REFERENCE["set"], NOTHING),
                "get_and_set": ("x.exchange(b)", "x.exchange(a)"),
                "compare_and_set": ("x.compare_exchange(a, b)", "x.compare_exchange(b, a)"),
            },
        )
    )


def atomics_ops():
    return {
        "get": ("x.load()", "x.load()"),
        "set": ("x.store({b})", "x.store({a})", NOTHING),
        "get_and_set": ("x.exchange({b})", "x.exchange({a})"),
        "compare_and_set": ("x.cmpxchg_strong({a}, {b})", "x.cmpxchg_strong({b}, {a})"),
        "add_and_get": ("x.fetch_add(1)", "x.fetch_add(-1)", OLD),
        "get_and_add": ("x.fetch_add(1)", "x.fetch_add(-1)"),
        "increment_and_get": ("x.fetch_inc()", "x.fetch_dec()", OLD),
        "bitwise_or_and_get": ("x.bin_fetch_or({a})", "x.bin_fetch_or({a})", OLD),
    }


def atomics_cells():
    view = "Shared({a}).view"
    return numbers(
        "atomics.atomic(width=8, atype=atomics.INT)\nx.store({a})",
        "int",
        atomics_ops(),
        "x.load() == {a}",
    ) + numbers(
        view,
        "process int",
        pick(atomics_ops(), "get", "set", "compare_and_set", "add_and_get", "increment_and_get"),
        "x.load() == {a}",
    )


def atomicx_cells():
    make = "atomicx.AtomicInt({a})"
    exchange = "x.compare_exchange"
    return (
        numbers(
            make,
            "int",
            {
                "get": ("x.load()", "x.load()"),
                "set": ("x.store({b})", "x.store({a})", NOTHING),
                "get_and_set": ("x.swap({b})", "x.swap({a})"),
                "compare_and_set": (exchange + "({a}, {b})", exchange + "({b}, {a})"),
                "add_and_get": ("x.add(1)", "x.add(-1)", OLD),
                "get_and_add": ("x.add(1)", "x.add(-1)"),
                "increment_and_get": ("x.inc()", "x.dec()", OLD),
                "+=": INTEGER["+="],
                "max_and_get": ("x.fetch_max({a})", "x.fetch_max({a})", OLD),
                "bitwise_or_and_get": ("x.fetch_or({a})", "x.fetch_or({a})", OLD),
            },
            "x.load() == {a}",
        )
        + numbers(
            make + "\n" + TURN,
            "int",
            {"update_and_get": ("x.update(turn)", "x.update(turn)", OLD)},
            "x.load() == {a}",
        )
        + others(
            "x = atomicx.AtomicFloat(0.5)",
            "float",
            {
                "get": ("x.load()", "x.load()"),
                "add_and_get": ("x.add(0.5)", "x.add(-0.5)", OLD),
                "compare_and_set": (exchange + "(0.5, 1.5)", exchange + "(1.5, 0.5)"),
            },
            "x.load() == 0.5",
        )
        + others(
            "x = atomicx.AtomicBool(False)",
            "bool",
            {
                "get": ("x.load()", "x.load()"),
                "set": ("x.store(True)", "x.store(False)", NOTHING),
                "get_and_set": ("x.swap(True)", "x.swap(False)"),
                "compare_and_set": (exchange + "(False, True)", exchange + "(True, False)"),
                "get_and_toggle": ("x.flip()", "x.flip()"),
            },
        )
    )


def pyatomix_cells():
    exchange = "x.compare_exchange"
    return numbers(
        "pyatomix.AtomicInt({a})",
        "int",
        {
            "get": ("x.load()", "x.load()"),
            "set": ("x.store({b})", "x.store({a})", NOTHING),
            "get_and_set": ("x.exchange({b})", "x.exchange({a})"),
            "compare_and_set": (exchange + "({a}, {b})", exchange + "({b}, {a})"),
            "add_and_get": ("x.fetch_add(1)", "x.fetch_add(-1)", OLD),
            "get_and_add": ("x.fetch_add(1)", "x.fetch_add(-1)"),
            "+=": INTEGER["+="],
        },
        "x.load() == {a}",
    ) + others(
        "x = pyatomix.AtomicFlag()",
        "bool",
        {
            "get": ("x.test()", "x.test()"),
            "get_and_set": ("x.test_and_set()", "x.clear()", "the second call only clears"),
        },
    )


ATOMOS = (
    "import atomos.atom, atomos.atomic",
    "import atomos.multiprocessing.atom, atomos.multiprocessing.atomic",
)
ATOMICS = """
import atexit, atomics, mmap
class Shared:
    def __init__(self, value):
        memory = memoryview(mmap.mmap(-1, 4096))[:8]
        context = atomics.atomicview(memory, atype=atomics.INT)
        self.view = context.__enter__()
        self.view.store(value)
        atexit.register(context.__exit__, None, None, None)
"""
GROUPS = {
    "floor": ((limits.IMPORTS,), None),
    "atomos": (ATOMOS, atomos_cells),
    "atomos 0.3.1": (ATOMOS, original_cells),
    "cereggii": (("import cereggii",), cereggii_cells),
    "ft_utils": (("import ft_utils.concurrency as ft",), ft_utils_cells),
    "atomics": ((ATOMICS,), atomics_cells),
    "atomicx": (("import atomicx",), atomicx_cells),
    "pyatomix": (("import pyatomix",), pyatomix_cells),
}


def imports(group):
    """Statements, each of which may fail by itself."""
    return GROUPS[group][0]


def cells(group):
    """Every group also measures the empty loop."""
    found = list(expand("loop", limits.LOOP))
    if group == "floor":
        return found + [cell for subject, rows in limits.cells() for cell in expand(subject, rows)]
    return found + list(expand(group, GROUPS[group][1]()))
