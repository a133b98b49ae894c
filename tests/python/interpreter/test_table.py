"""The table of operations leaves out no method and really does what it says."""

from __future__ import annotations

import pytest

import atomos

from .operations import Operation, state_of
from .table import OPERATIONS

CLASSES = (
    atomos.AtomicReference,
    atomos.AtomicBoolean,
    atomos.AtomicNumber,
    atomos.AtomicInteger,
    atomos.AtomicLong,
    atomos.AtomicFloat,
    atomos.LongAdder,
    atomos.DoubleAdder,
    atomos.LongAccumulator,
    atomos.DoubleAccumulator,
    atomos.AtomicView,
    atomos.ARef,
    atomos.Atom,
)
TESTED_ELSEWHERE = {"changed"}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_public_method_of_a_class_is_in_the_table(kind: type) -> None:
    inherited = {"Atom": {"ARef", "Atom"}}.get(kind.__name__, {kind.__name__})
    listed = {
        name
        for operation in OPERATIONS
        if operation.owner in inherited
        for name in operation.method.split(", ")
    }
    public = {name for name in dir(kind) if not name.startswith("_")}

    assert public - listed - TESTED_ELSEWHERE == set()


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_of_the_table_ends_and_leaves_an_equal_state(operation: Operation) -> None:
    cell = operation.make()
    before = state_of(cell)

    function, arguments = operation.bind(cell)
    for _ in range(3):
        function(*arguments)

    assert state_of(cell) == before
