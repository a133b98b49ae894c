"""Every allocation of every method fails in turn: MemoryError, nothing changed, no crash."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from .scripts import quiet
from .table import OPERATIONS

if importlib.util.find_spec("_testcapi") is None:
    pytest.skip("this interpreter has no _testcapi, which fails allocations", True)

OWNERS = sorted({operation.owner for operation in OPERATIONS})

SCRIPT = """
    import sys
    sys.path.insert(0, {path!r})
    import _testcapi
    import atomos
    from interpreter.operations import Thing, state_of
    from interpreter.table import OPERATIONS

    # CPython 3.10 makes the name "__lt__" at its first use, and takes a failure there for a class
    # without comparison: a TypeError of its own instead of MemoryError.
    assert Thing() < Thing()

    POINTS = 40
    fail, heal = _testcapi.set_nomemory, _testcapi.remove_mem_hooks

    def failing(function, arguments, start, stop):
        '''Calls with some allocations failing; gives whether it failed.'''
        try:
            fail(start, stop)
            function(*arguments)
        except MemoryError:
            heal()
            return True
        except BaseException:
            heal()
            raise
        heal()
        return False

    for operation in OPERATIONS:
        if operation.owner != {owner!r}:
            continue
        for once in (True, False):
            for point in range(POINTS):
                cell = operation.make()
                has_state = any(hasattr(cell, look) for look in ("get", "deref", "sum"))
                state = state_of(cell) if has_state else None
                function, arguments = operation.bind(cell)
                failed = failing(function, arguments, point, point + 1 if once else 0)
                where = f"{{operation}}, allocation {{point}}, once: {{once}}"
                if state is not None and not (failed and ", " in operation.method):
                    assert state_of(cell) == state, where
                function(*arguments)
                if not failed and once and point > 3:
                    break
    print("done")
"""


@pytest.mark.parametrize("owner", OWNERS)
def test_a_failing_allocation_is_an_error_and_not_a_crash(owner: str) -> None:
    script = SCRIPT.format(owner=owner, path=str(Path(__file__).parent.parent))

    assert quiet(script) == "done\n"


CHANGES = """
    import _testcapi
    import atomos

    fail, heal = _testcapi.set_nomemory, _testcapi.remove_mem_hooks
    NEW = object()

    def new(value, *_):
        return NEW

    CASES = [
        (atomos.AtomicReference, (5000,), "set", (NEW,)),
        (atomos.AtomicReference, (5000,), "get_and_set", (NEW,)),
        (atomos.AtomicReference, (5000,), "compare_and_set", (5000, NEW)),
        (atomos.AtomicReference, (5000,), "compare_and_exchange", (5000, NEW)),
        (atomos.AtomicReference, (5000,), "update_and_get", (new,)),
        (atomos.AtomicReference, (5000,), "get_and_update", (new,)),
        (atomos.AtomicReference, (5000,), "accumulate_and_get", (1, new)),
        (atomos.AtomicReference, (5000,), "try_update", (new,)),
        (atomos.AtomicInteger, (5000,), "set", (5001,)),
        (atomos.AtomicInteger, (5000,), "get_and_set", (5001,)),
        (atomos.AtomicInteger, (5000,), "add_and_get", (1,)),
        (atomos.AtomicInteger, (5000,), "get_and_add", (1,)),
        (atomos.AtomicInteger, (5000,), "increment_and_get", ()),
        (atomos.AtomicInteger, (5000,), "get_and_increment", ()),
        (atomos.AtomicInteger, (5000,), "__iadd__", (1,)),
        (atomos.AtomicInteger, (2**63 - 1,), "add_and_get", (1,)),
        (atomos.AtomicInteger, (2**63 - 1,), "increment_and_get", ()),
        (atomos.AtomicInteger, (1 << 80,), "add_and_get", (1,)),
        (atomos.AtomicInteger, (1 << 80,), "get_and_add", (1,)),
        (atomos.AtomicInteger, (1 << 80,), "compare_and_set", (1 << 80, 1 << 81)),
        (atomos.AtomicInteger, (5000,), "compare_and_set", (5000, 5001)),
        (atomos.AtomicInteger, (5000,), "compare_and_exchange", (5000, 5001)),
        (atomos.AtomicInteger, (5000,), "max_and_get", (5001,)),
        (atomos.AtomicInteger, (5000,), "get_and_bitwise_xor", (1,)),
        (atomos.AtomicInteger, (5000,), "bitwise_xor_and_get", (1,)),
        (atomos.AtomicInteger, (5000,), "try_add", (1, 0, 9000)),
        (atomos.AtomicInteger, (5000,), "add_clamped", (1, 0, 9000)),
        (atomos.AtomicInteger, (5000,), "checked_add_and_get", (1,)),
        (atomos.AtomicLong, (5000,), "__imul__", (2,)),
        (atomos.AtomicLong, (5000,), "__ilshift__", (99,)),
        (atomos.AtomicFloat, (0.5,), "add_and_get", (0.25,)),
        (atomos.AtomicFloat, (0.5,), "get_and_set", (0.25,)),
        (atomos.AtomicFloat, (0.5,), "try_add", (0.25, 0.0, 1.0)),
        (atomos.AtomicFloat, (0.5,), "add_clamped", (0.25, 0.0, 1.0)),
        (atomos.AtomicNumber, (5000,), "add_and_get", (1,)),
        (atomos.AtomicBoolean, (False,), "get_and_toggle", ()),
        (atomos.Atom, (5000,), "swap", (new,)),
        (atomos.Atom, (5000,), "swap", (new, 1, 2, 3)),
        (atomos.Atom, (5000,), "swap_vals", (new,)),
        (atomos.Atom, (5000,), "reset", (NEW,)),
        (atomos.Atom, (5000,), "reset_vals", (NEW,)),
        (atomos.Atom, (5000,), "compare_and_set", (5000, NEW)),
        (atomos.Atom, (5000,), "compare_and_exchange", (5000, NEW)),
        (atomos.Atom, (5000,), "try_swap", (new,)),
    ]
    half_done = []
    for kind, made, method, arguments in CASES:
        for stop in (True, False):
            for point in range(12):
                cell = kind(*made)
                function = getattr(cell, method)
                try:
                    fail(point, point + 1 if stop else 0)
                    function(*arguments)
                except MemoryError:
                    heal()
                    failed = True
                else:
                    heal()
                    failed = False
                now = cell.deref() if kind is atomos.Atom else cell.get()
                changed = now is not made[0] and now != made[0]
                if changed is failed:
                    half_done.append((kind.__name__, method, made, point, failed))
    print(sorted(set(half_done)))
"""


def test_a_change_that_fails_for_want_of_memory_has_changed_nothing() -> None:
    assert quiet(CHANGES) == "[]\n"


def test_an_object_that_cannot_be_made_is_not_half_made() -> None:
    script = """
        import _testcapi, atomos
        for kind in (atomos.AtomicReference, atomos.AtomicInteger, atomos.AtomicFloat,
                     atomos.AtomicBoolean, atomos.AtomicNumber, atomos.LongAdder,
                     atomos.DoubleAdder):
            for point in range(12):
                try:
                    _testcapi.set_nomemory(point, 0)
                    kind()
                except MemoryError:
                    pass
                _testcapi.remove_mem_hooks()
        for point in range(12):
            try:
                _testcapi.set_nomemory(point, 0)
                atomos.Atom(None)
            except MemoryError:
                pass
            _testcapi.remove_mem_hooks()
        print("done")
    """

    assert quiet(script) == "done\n"


def test_an_adder_or_accumulator_that_fails_for_want_of_memory_has_changed_nothing() -> None:
    script = """
        import _testcapi
        import atomos

        fail, heal = _testcapi.set_nomemory, _testcapi.remove_mem_hooks
        kinds = {
            "LongAdder": (atomos.LongAdder, "add", "sum", "sum_then_reset"),
            "DoubleAdder": (atomos.DoubleAdder, "add", "sum", "sum_then_reset"),
            "LongAccumulator": (lambda: atomos.LongAccumulator(lambda a, b: a + b, 0),
                                "accumulate", "get", "get_then_reset"),
            "DoubleAccumulator": (lambda: atomos.DoubleAccumulator(lambda a, b: a + b, 0),
                                  "accumulate", "get", "get_then_reset"),
        }
        half_done = []
        for name, (make, give, look, drain) in kinds.items():
            for first in (5000, 1 << 80):
                for method, arguments, after in (
                    (give, (first,), 2 * first),
                    (look, (), first),
                    (drain, (), 0),
                ):
                    for point in range(12):
                        cell = make()
                        getattr(cell, give)(first)
                        function = getattr(cell, method)
                        try:
                            fail(point, 0)
                            function(*arguments)
                        except MemoryError:
                            heal()
                            after_all = first
                        else:
                            heal()
                            after_all = after
                        if getattr(cell, look)() != after_all:
                            half_done.append((name, method, first, point))
        print(half_done)
    """

    assert quiet(script) == "[]\n"
