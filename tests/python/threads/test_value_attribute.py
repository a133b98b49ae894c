"""`_value`: read, assigned with the type check, set by a subclass around the base's __init__."""

import pytest

from atomos.atomic import AtomicNumber, AtomicReference

from .kinds import BOOLEAN, FLOAT, INTEGER, KINDS, LONG, TYPED

by_kind = pytest.mark.parametrize("kind", KINDS, ids=str)
WRONG = [
    (INTEGER, 1.0), (INTEGER, "1"), (INTEGER, None),
    (LONG, 1.0), (LONG, "1"), (LONG, None),
    (FLOAT, 1), (FLOAT, True), (FLOAT, "1.0"), (FLOAT, None),
    (BOOLEAN, 1), (BOOLEAN, 0), (BOOLEAN, None), (BOOLEAN, "yes"),
]  # fmt: skip
by_wrong = pytest.mark.parametrize(("kind", "wrong"), WRONG, ids=lambda x: str(x))


@by_kind
def test_it_reads_as_get_does(kind):
    ref = kind.make(kind.one)

    assert ref._value == kind.one
    ref.set(kind.other)
    assert ref._value == kind.other


@by_kind
def test_assigning_it_is_a_set(kind):
    ref = kind.make(kind.one)

    ref._value = kind.other

    assert ref.get() == kind.other


@by_wrong
def test_assigning_a_wrong_type_raises_and_changes_nothing(kind, wrong):
    ref = kind.make(kind.one)

    with pytest.raises(TypeError):
        ref._value = wrong

    assert ref.get() == kind.one


@by_wrong
def test_a_wrong_type_is_refused_wherever_a_value_is_written(kind, wrong):
    ref = kind.make(kind.one)

    for write in (
        lambda: ref.set(wrong),
        lambda: ref.get_and_set(wrong),
        lambda: ref.compare_and_set(kind.one, wrong),
        lambda: ref.__init__(wrong),
        lambda: kind.make(wrong),
    ):
        with pytest.raises(TypeError):
            write()
    assert ref.get() == kind.one


@by_wrong
def test_a_failed_comparison_does_not_check_the_type_of_its_update(kind, wrong):
    ref = kind.make(kind.one)

    assert ref.compare_and_set(kind.other, wrong) is False
    assert ref.get() == kind.one


@pytest.mark.parametrize("kind", TYPED, ids=str)
def test_a_subclass_may_set_it_before_the_base_is_initialised(kind):
    class Early(kind.make):
        def __init__(self):
            self._value = kind.one
            self.seen = self._value
            super().__init__(kind.other)

    ref = Early()

    assert ref.seen == kind.one
    assert ref.get() == kind.other


@by_kind
def test_a_subclass_may_set_it_after_the_base_is_initialised(kind):
    class Late(kind.make):
        def __init__(self):
            super().__init__(kind.other)
            self._value = kind.one

    assert Late().get() == kind.one


@pytest.mark.parametrize("kind", TYPED, ids=str)
def test_the_check_runs_in_subclasses_too(kind):
    class Mine(kind.make):
        pass

    ref = Mine(kind.one)

    with pytest.raises(TypeError):
        ref._value = object()
    assert ref.get() == kind.one


def test_untyped_classes_take_anything():
    for make in (AtomicReference, AtomicNumber):
        ref = make(object())
        ref._value = marker = object()
        assert ref.get() is marker
