"""Is a recorded history one that some order of whole operations explains?

Source   J. Wing and C. Gong, Testing and verifying concurrent objects, 1993.
Cost     Exponential at worst in the number of operations that overlap: keep histories short.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Specification = Callable[[Any, tuple[Any, ...]], tuple[Any, Any]]
"""Gives the next state and the result of an operation, (method, *arguments), on a state."""


@dataclass(frozen=True)
class Recorded:
    """One operation with what it gave, and the nanoseconds between which it ran."""

    operation: tuple[Any, ...]
    result: Any
    begun: int
    ended: int


def record(cell: Any, operations: Sequence[tuple[Any, ...]]) -> list[Recorded]:
    """Calls methods one after another and writes down what happened."""
    history = []
    for operation in operations:
        method = getattr(cell, operation[0])
        begun = time.monotonic_ns()
        result = method(*operation[1:])
        history.append(Recorded(operation, result, begun, time.monotonic_ns()))
    return history


def linearizable(history: Sequence[Recorded], state: Any, apply: Specification) -> bool:
    """Whether one thread, in an order that contradicts no time, could have seen the same."""
    refuted: set[tuple[frozenset[int], Any]] = set()

    def search(left: frozenset[int], state: Any) -> bool:
        if not left:
            return True
        if (left, state) in refuted:
            return False
        earliest_end = min(history[i].ended for i in left)
        for i in left:
            if history[i].begun > earliest_end:
                continue
            after, result = apply(state, history[i].operation)
            if result == history[i].result and search(left - {i}, after):
                return True
        refuted.add((left, state))
        return False

    return search(frozenset(range(len(history))), state)
