"""No call keeps or drops a reference: to values, functions, keys, arguments or the object."""

from __future__ import annotations

import sys
from collections import deque
from itertools import repeat, starmap
from typing import Any

import pytest

from .operations import Operation, state_of
from .table import OPERATIONS

CALLS = 500
"""A call that leaks one reference moves the count by this much."""

SLACK = 8
"""What the cell itself may keep more or less of a value at the end."""

limited = [
    operation
    for operation in OPERATIONS
    if operation.method
    not in ("swap", "swap_vals", "try_swap", "_value", "format", "read_only", "watching")
    and "=" not in operation.method
    and ", " not in operation.method
]
"""Methods that take no more than some number of arguments."""


def repeated(function: Any, arguments: tuple[Any, ...], times: int) -> None:
    """Calls in C, so that the loop itself makes nothing."""
    deque(starmap(function, repeat(arguments, times)), maxlen=0)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_call_leaves_the_reference_counts_of_all_it_is_given(operation: Operation) -> None:
    cell = operation.make()
    function, arguments = operation.bind(cell)
    seen = [cell, state_of(cell), function, *arguments, type(cell), None, True, False]
    repeated(function, arguments, 10)
    before = [sys.getrefcount(one) for one in seen]

    repeated(function, arguments, CALLS)

    after = [sys.getrefcount(one) for one in seen]
    grown = [
        (one, now - then)
        for one, then, now in zip(seen, before, after, strict=True)
        if abs(now - then) > SLACK
    ]
    assert grown == []


@pytest.mark.parametrize("operation", limited, ids=str)
def test_a_call_with_too_many_arguments_leaves_the_reference_counts(operation: Operation) -> None:
    cell = operation.make()
    function, arguments = operation.bind(cell)
    surplus = (*arguments, *([state_of(cell)] * 9))
    seen = [cell, *surplus]

    def refused() -> None:
        for _ in range(CALLS):
            try:
                function(*surplus)
            except TypeError:
                continue
            raise AssertionError("nine arguments too many were taken")

    refused()
    before = [sys.getrefcount(one) for one in seen]
    refused()

    assert [sys.getrefcount(one) for one in seen] == pytest.approx(before, abs=SLACK)
