"""LongAccumulator and DoubleAccumulator: every value is in what the function makes, once."""

import copy
import gc
import operator
import pickle
import sys
import weakref

import pytest

from atomos.atomic import DoubleAccumulator, LongAccumulator

from .misbehaving import Boom, once, raising
from .together import together

FREE_THREADED = not getattr(sys, "_is_gil_enabled", lambda: True)()
KINDS = [LongAccumulator, DoubleAccumulator]
by_kind = pytest.mark.parametrize("make", KINDS)


@by_kind
def test_without_a_value_it_has_the_identity(make):
    longest = make(max, -7)

    assert longest.get() == longest.get_then_reset() == longest.get() == -7


@by_kind
def test_it_has_what_the_function_makes_of_all_values(make):
    longest = make(max, 0)

    assert [longest.accumulate(3), longest.accumulate(x=9), longest.accumulate(5)] == [None] * 3

    assert longest.get() == 9
    assert longest.get() == 9


@by_kind
def test_function_and_identity_are_given_by_position_or_keyword(make):
    for product in (make(operator.mul, 1), make(fn=operator.mul, identity=1)):
        product.accumulate(6)
        product.accumulate(7)

        assert product.get() == 42


@by_kind
def test_the_first_value_meets_the_identity(make):
    seen = []
    spy = make(lambda so_far, x: seen.append((so_far, x)) or so_far + x, 100)

    spy.accumulate(1)
    spy.accumulate(2)

    assert seen == [(100, 1), (101, 2)]


@by_kind
def test_a_drain_returns_it_and_begins_again_at_the_identity(make):
    least = make(min, 99)
    least.accumulate(3)

    assert least.get_then_reset() == 3
    assert least.get() == 99
    least.accumulate(4)

    assert least.get_then_reset() == 4


@by_kind
def test_a_reset_begins_again_at_the_identity(make):
    least = make(min, 99)
    least.accumulate(3)

    assert least.reset() is None

    assert least.get() == 99


@pytest.mark.parametrize("x", [2**62, 2**63, -(10**30), True])
def test_ints_have_no_bounds(x):
    total = LongAccumulator(operator.add, 0)

    total.accumulate(x)
    total.accumulate(x)

    assert total.get() == total.get_then_reset() == 2 * x


def test_ints_become_floats_where_floats_are_kept():
    kept = DoubleAccumulator(lambda a, b: 3, 0)
    assert type(kept.get()) is float

    kept.accumulate(1)

    assert repr(kept.get()) == "3.0"


@pytest.mark.parametrize(
    ("make", "wanted", "wrong"),
    [
        (LongAccumulator, "an int", ["1", None, 1.5, 1j]),
        (DoubleAccumulator, "a float or an int", ["1", None, 1j]),
    ],
)
def test_what_is_no_such_number_is_refused_by_name_and_nothing_changes(make, wanted, wrong):
    for given in wrong:
        name = type(given).__name__
        total = make(lambda a, b: given if b == 13 else a + b, 0)  # noqa: B023
        total.accumulate(1)

        with pytest.raises(TypeError, match=f"the identity of {make.__name__} has to be {wanted}"):
            make(operator.add, given)
        with pytest.raises(TypeError, match=f"the value of .* has to be {wanted}, not {name}"):
            total.accumulate(given)
        with pytest.raises(TypeError, match=f"the function's result of .* {wanted}, not {name}"):
            total.accumulate(13)

        assert total.get() == 1


def test_an_int_beyond_all_floats_is_an_overflow_error_and_nothing_changes():
    total = DoubleAccumulator(operator.add, 0)

    with pytest.raises(OverflowError):
        total.accumulate(10**400)
    with pytest.raises(OverflowError):
        DoubleAccumulator(operator.add, -(10**400))

    assert total.get() == 0.0


@by_kind
def test_what_cannot_be_called_is_refused_by_name(make):
    with pytest.raises(
        TypeError, match=f"the function of {make.__name__} has to be callable, and int is not"
    ):
        make(3, 0)


@by_kind
@pytest.mark.parametrize(
    "call",
    [
        lambda make: make(),
        lambda make: make(max),
        lambda make: make(max, 0, 1),
        lambda make: make(max, identity=0, fn=min),
        lambda make: make(max, 0).accumulate(),
        lambda make: make(max, 0).accumulate(1, 2),
        lambda make: make(max, 0).get(1),
    ],
)
def test_wrong_arguments_are_type_errors(make, call):
    with pytest.raises(TypeError):
        call(make)


@by_kind
def test_what_the_function_raises_passes_and_nothing_has_changed(make):
    def add(so_far, x):
        if x == 13:
            raise Boom
        return so_far + x

    total = make(add, 0)
    total.accumulate(1)

    with pytest.raises(Boom):
        total.accumulate(13)

    assert total.get() == 1


@by_kind
def test_a_function_may_use_its_own_accumulator(make):
    inner = []

    def add(so_far, x):
        if not inner:
            inner.append(x)
            total.accumulate(10)
        return so_far + x

    total = make(add, 0)
    total.accumulate(1)

    assert total.get() == 11


@by_kind
def test_a_value_is_given_again_where_the_function_drained_what_it_was_given_to(make):
    drained = []

    def add(so_far, x):
        if x == 2 and not drained:
            drained.append(total.get_then_reset())
        return so_far + x

    total = make(add, 0)
    total.accumulate(1)
    total.accumulate(2)

    assert drained == [1]
    assert total.get() == 2


@by_kind
def test_a_second_init_is_refused_and_changes_nothing(make):
    total = make(operator.add, 0)
    total.accumulate(3)

    with pytest.raises(RuntimeError, match=f"{make.__name__}.__init__ has been called already"):
        total.__init__(max, 5)
    total.accumulate(4)

    assert total.get() == 7


@by_kind
def test_an_accumulator_whose_init_did_not_run_says_so(make):
    total = make.__new__(make)

    for call in (lambda: total.accumulate(1), total.get, total.get_then_reset, lambda: repr(total)):
        with pytest.raises(RuntimeError, match=f"{make.__name__}.__init__ has not been called"):
            call()
    total.reset()


@by_kind
def test_repr_shows_the_value(make):
    longest = make(max, 0)
    longest.accumulate(3)

    shown = f"<atomos.atomic.{make.__name__}({longest.get()}) object at {hex(id(longest))}>"
    assert repr(longest) == shown


@by_kind
@pytest.mark.parametrize("copying", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_copy_is_refused(make, copying):
    with pytest.raises(TypeError, match="threads share it"):
        copying(make(max, 0))


@by_kind
def test_it_is_a_plain_object_and_may_be_derived_from(make):
    class Longest(make):
        def __init__(self, name):
            super().__init__(max, 0)
            self.name = name

    longest = Longest("word")
    longest.accumulate(3)
    seen = weakref.ref(longest)

    assert (longest.name, longest.get(), bool(longest)) == ("word", 3, True)
    assert longest == longest != Longest("word")
    assert seen() is longest
    del longest
    gc.collect()
    assert seen() is None


@by_kind
def test_a_value_that_a_part_already_has_leaves_the_part_as_it_is(make):
    class Big(int if make is LongAccumulator else float):
        """Kept as it is where it is not a plain number."""

    longest = make(max, 0)
    first = Big(7)
    longest.accumulate(first)

    longest.accumulate(Big(7))

    assert longest.get() is first


@by_kind
def test_values_of_many_threads_are_all_in_the_result(make):
    total = make(operator.add, 0)

    together(*[lambda: [total.accumulate(1) for _ in range(500)]] * 4)

    assert total.get() == 2000


class Parted:
    """A sum in two parts, where there is no GIL: 1 in one of them, and 5 in the other."""

    def __init__(self, make):
        self.two = []
        self.total = make(self.add, 0)
        meet = once(lambda: self.total.accumulate(1))
        self.meeting = lambda so_far, x: meet()
        self.total.accumulate(5)
        self.meeting = None

    def add(self, so_far, x):
        if self.meeting:
            self.meeting(so_far, x)
        elif so_far and x:
            for call in self.two:
                call()
        return so_far + x


@by_kind
def test_what_lost_a_race_is_in_another_part_and_in_the_result_once(make):
    parted = Parted(make)
    asked = []
    parted.two.append(lambda: asked.append(True))

    assert parted.total.get() == 6
    assert len(asked) == FREE_THREADED
    assert parted.total.get_then_reset() == 6
    assert parted.total.get() == 0


@by_kind
def test_a_drain_whose_function_raises_puts_back_what_it_took(make):
    parted = Parted(make)
    parted.two.append(raising)

    failed, drained = drain(parted.total)
    parted.two.clear()

    assert failed == FREE_THREADED
    assert parted.total.get() + drained == 6
    assert parted.total.get_then_reset() + drained == 6
    assert parted.total.get() == 0


@by_kind
def test_a_drain_whose_function_raises_puts_back_beside_what_came_meanwhile(make):
    parted = Parted(make)
    total = parted.total
    parted.two += [once(lambda: total.accumulate(10)), raising]

    failed, drained = drain(total)
    parted.two.clear()

    assert failed == FREE_THREADED
    assert total.get() + drained == 6 + 10 * failed
    again = total.get_then_reset()
    assert again + drained == 6 + 10 * failed
    assert total.get() == 0


@by_kind
def test_drains_that_fail_inside_each_other_lose_nothing_and_double_nothing(make):
    parted = Parted(make)
    total = parted.total

    def inside(depth):
        for by in (10, 20, 40):
            meet = once(lambda by=by: total.accumulate(by))
            parted.meeting = lambda so_far, x, meet=meet: meet()
            total.accumulate(by)
            parted.meeting = None
        if depth:
            parted.two.insert(0, once(lambda: inside(depth - 1)))
            drained.append(drain(total)[1])

    drained = []
    parted.two += [once(lambda: inside(3)), raising]
    for _ in range(3):
        drained.append(drain(total)[1])
    ran = 4 if FREE_THREADED else 0
    parted.two.clear()

    assert total.get() + sum(drained) == 6 + 140 * ran
    drained.append(total.get_then_reset())
    assert sum(drained) == 6 + 140 * ran
    assert total.get() == 0


@by_kind
def test_a_reset_drops_what_failed_drains_have_put_back_too(make):
    parted = Parted(make)
    total = parted.total
    parted.two += [once(lambda: total.accumulate(10)), raising]
    drain(total)
    parted.two.clear()

    total.reset()

    assert total.get() == 0


def drain(total):
    """Whether a drain failed, and what it returned."""
    try:
        return False, total.get_then_reset()
    except Boom:
        return True, 0
