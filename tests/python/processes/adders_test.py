"""Sums and other totals of many processes: every value is in exactly one drain."""

import gc
import itertools
import math
import operator
import pickle
import threading
import weakref

import pytest

import atomos
from atomos.multiprocessing import Region
from atomos.multiprocessing.atomic import (
    AtomicBoolean,
    AtomicLong,
    DoubleAccumulator,
    DoubleAdder,
    LongAccumulator,
    LongAdder,
)

from .children import METHODS, ended_well, forked, together
from .values import Boom, boom

LEAST, MOST = -(2**63), 2**63 - 1
each_method = pytest.mark.parametrize("method", METHODS)
each_adder = pytest.mark.parametrize("make", [LongAdder, DoubleAdder])


@each_adder
def test_a_sum_is_what_was_added_since_the_last_drain(make):
    adder = make()

    assert adder.add(5) is None
    adder.add(x=-2)
    adder += 4
    adder -= 1

    assert isinstance(adder, make)
    assert adder.sum() == adder.sum() == 6
    assert type(adder.sum()) is (int if make is LongAdder else float)
    assert adder.sum_then_reset() == 6
    assert adder.sum() == 0
    adder.add(1)
    assert adder.reset() is None
    assert adder.sum_then_reset() == 0


def test_increments_and_decrements_are_adds():
    adder = LongAdder()

    assert adder.increment() is None
    adder.increment()
    assert adder.decrement() is None

    assert adder.sum() == 1


@pytest.mark.parametrize("bad", [2**63, -(2**63) - 1, 2**80])
def test_a_number_beyond_64_bits_is_an_overflow_error_and_nothing_is_added(bad):
    adder = LongAdder()
    adder.add(7)

    with pytest.raises(OverflowError, match="is outside"):
        adder.add(bad)
    with pytest.raises(OverflowError):
        adder += bad
    with pytest.raises(OverflowError):
        adder -= bad

    assert adder.sum() == 7


@pytest.mark.parametrize("make", [LongAdder, DoubleAdder])
@pytest.mark.parametrize("bad", ["1", None, 1j, [1]])
def test_what_is_no_number_is_a_type_error_and_nothing_is_added(make, bad):
    adder = make()

    with pytest.raises(TypeError):
        adder.add(bad)
    with pytest.raises(TypeError):
        adder += bad

    assert adder.sum() == 0


def test_a_float_is_no_int():
    with pytest.raises(TypeError, match="an int is needed, not float"):
        LongAdder().add(1.0)


def test_a_sum_of_ints_wraps_around_64_bits_as_javas():
    adder = LongAdder()
    adder.add(MOST)
    adder.add(2)

    assert adder.sum() == LEAST + 1
    adder -= LEAST
    assert adder.sum_then_reset() == 1


def test_a_sum_of_floats_is_compensated():
    adder = DoubleAdder()
    for _ in range(100_000):
        adder.add(0.1)

    assert adder.sum_then_reset() == 10_000.0
    for x in (1e100, 1.0, -1e100):
        adder.add(x)
    assert adder.sum_then_reset() == 1.0


def test_an_infinity_or_nan_is_in_the_sum_until_it_is_drained():
    adder = DoubleAdder()
    adder.add(math.inf)
    adder.add(1)

    assert adder.sum() == math.inf
    adder.add(-math.inf)
    assert math.isnan(adder.sum_then_reset())
    assert adder.sum() == 0.0


def add_many(adder, rounds):
    for n in range(rounds):
        adder.add(n % 7 - 2)


def drain_until(adder, over):
    drained = []
    while not over.get():
        drained.append(adder.sum_then_reset())
    return drained


def add_and_end(adder, rounds, left, over):
    add_many(adder, rounds)
    if left.decrement_and_get() == 0:
        over.set(True)


@each_method
@each_adder
def test_drains_of_several_processes_lose_nothing_and_take_nothing_twice(method, make):
    adder, over, left = make(), AtomicBoolean(), AtomicLong(2)
    rounds = 4000

    drained = together(
        method,
        *[(add_and_end, adder, rounds, left, over)] * 2,
        *[(drain_until, adder, over)] * 2,
    )

    wanted = 2 * sum(n % 7 - 2 for n in range(rounds))
    assert sum(itertools.chain(*filter(None, drained))) + adder.sum_then_reset() == wanted


@each_adder
def test_threads_and_forked_children_add_side_by_side_and_lose_nothing(make):
    adder = make()
    threads = [threading.Thread(target=add_many, args=(adder, 2000)) for _ in range(4)]
    for thread in threads:
        thread.start()

    children = [forked(lambda: add_many(adder, 2000)) for _ in range(4)]
    ended = [ended_well(child) for child in children]
    for thread in threads:
        thread.join()

    assert all(ended)
    assert adder.sum() == 8 * sum(n % 7 - 2 for n in range(2000))


def xor(a, b):
    return a ^ b


def greatest_common_divisor(a, b):
    return math.gcd(a, b)


@pytest.mark.parametrize(
    ("fn", "identity", "values", "wanted"),
    [
        (max, LEAST, [3, -7, 5], 5),
        (min, MOST, [3, -7, 5], -7),
        (operator.add, 0, [3, -7, 5], 1),
        (operator.mul, 1, [3, -7, 5], -105),
        (xor, 0, [3, 7, 5], 1),
        (greatest_common_divisor, 0, [12, 18, 30], 6),
    ],
)
def test_an_accumulator_of_ints_is_what_its_function_makes(fn, identity, values, wanted):
    total = LongAccumulator(fn, identity)

    assert total.get() == identity
    for value in values:
        assert total.accumulate(value) is None

    assert total.get() == total.get() == wanted
    assert total.get_then_reset() == wanted
    assert total.get() == identity
    total.accumulate(x=values[0])
    assert total.reset() is None
    assert total.get_then_reset() == identity


def test_an_accumulator_of_floats_takes_ints_and_gives_floats():
    total = DoubleAccumulator(fn=max, identity=-math.inf)

    total.accumulate(3)
    total.accumulate(2.5)

    assert (total.get(), type(total.get())) == (3.0, float)
    assert total.get_then_reset() == 3.0
    assert total.get() == -math.inf


def test_a_nan_is_a_value_and_an_identity_as_any_other():
    def last(a, b):
        return b

    total = DoubleAccumulator(last, math.nan)
    total.accumulate(1.5)

    assert total.get_then_reset() == 1.5
    assert math.isnan(total.get())
    total.accumulate(math.nan)
    assert math.isnan(total.get_then_reset())


@pytest.mark.parametrize(
    ("identity", "error"), [("0", TypeError), (0.5, TypeError), (2**63, OverflowError)]
)
def test_an_identity_that_is_no_64_bit_int_makes_nothing(folder, identity, error):
    shop = Region.create("shop")

    with pytest.raises(error):
        LongAccumulator(max, identity, region=shop, name="v")
    with pytest.raises(TypeError, match="the fn of LongAccumulator has to be callable, not int"):
        LongAccumulator(0, 0, region=shop, name="v")

    assert shop.variables() == []


def test_another_identity_is_a_mismatch_that_names_both(folder):
    LongAccumulator(max, 0, region="r", name="v")

    with pytest.raises(atomos.Mismatch, match="int64 from 0 .*int64 from -5 "):
        LongAccumulator(max, -5, region="r", name="v")
    with pytest.raises(atomos.Mismatch, match="int64 from 0 .*float64 from 0 "):
        DoubleAccumulator(max, 0, region="r", name="v")


def test_what_the_function_raises_passes_and_nothing_has_changed():
    total = LongAccumulator(operator.floordiv, 7)
    total.accumulate(2)

    with pytest.raises(ZeroDivisionError):
        total.accumulate(0)
    with pytest.raises(TypeError):
        total.accumulate("2")

    assert total.get() == 7 // 3


@pytest.mark.parametrize("answer", ["text", None, 0.5])
def test_a_function_that_gives_no_int_is_a_type_error_and_nothing_has_changed(answer):
    answers = [5]
    total = LongAccumulator(lambda a, b: answers[-1], 0)
    total.accumulate(1)
    answers.append(answer)

    for use in (lambda: total.accumulate(1), total.get, total.get_then_reset):
        with pytest.raises(TypeError, match="an int is needed"):
            use()

    answers.pop()
    assert total.get() == 5


def test_a_part_beyond_64_bits_is_an_overflow_error_and_nothing_has_changed():
    total = LongAccumulator(operator.add, 0)
    total.accumulate(MOST)

    with pytest.raises(OverflowError):
        total.accumulate(1)

    assert total.get_then_reset() == MOST


class Sum:
    """A sum that does something first at some of its calls."""

    def __init__(self):
        self.plan(0)

    def plan(self, call, action=None, later=0, action_later=None):
        """From now on: at that call, counted from 1, and at a later one."""
        self.calls = 0
        self.actions = {call: action, later: action_later}

    def __call__(self, a, b):
        self.calls += 1
        if action := self.actions.get(self.calls):
            action()
        return a + b


def spread(total, fn, parts):
    """Lets each value stand in a part of its own: who meets somebody goes on to the next part."""
    for value in parts:
        fn.plan(1, lambda: total.accumulate(1))
        total.accumulate(value - 1)
    fn.plan(0)


def parts_of(total, fn):
    """In how many parts something is: for each of them a look calls the function once."""
    fn.plan(0)
    total.get()
    return fn.calls


def test_who_meets_somebody_in_a_part_goes_on_to_the_next_and_nothing_is_lost():
    fn = Sum()
    total = LongAccumulator(fn, 0)

    spread(total, fn, [10, 20, 30])

    assert parts_of(total, fn) == 4
    assert total.get() == total.get_then_reset() == 60


def test_a_total_of_parts_may_exceed_64_bits_and_is_drained_whole():
    fn = Sum()
    total = LongAccumulator(fn, 0)
    fn.plan(1, lambda: total.accumulate(MOST))
    total.accumulate(MOST)

    assert total.get() == 2 * MOST
    assert total.get_then_reset() == 2 * MOST
    assert total.get() == 0


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_drain_whose_function_raises_has_taken_nothing(call):
    fn = Sum()
    total = LongAccumulator(fn, 0)
    spread(total, fn, [10, 20])

    fn.plan(call, boom)
    with pytest.raises(Boom):
        total.get_then_reset()

    assert total.get_then_reset() == 30


def test_a_drain_that_somebody_comes_between_takes_what_stands_then():
    fn = Sum()
    total = LongAccumulator(fn, 0)
    spread(total, fn, [10, 20])

    fn.plan(parts_of(total, fn), lambda: total.accumulate(5))

    assert total.get_then_reset() == 35
    assert total.get() == 0


def test_a_drain_whose_function_raises_after_some_was_taken_puts_it_back():
    fn = Sum()
    total = LongAccumulator(fn, 0)

    for turn in range(32):  # from whichever part this thread begins
        spread(total, fn, [10, 20, 30])
        last = parts_of(total, fn)
        fn.plan(last, lambda: total.accumulate(5), last + 2, boom)
        with pytest.raises(Boom):
            total.get_then_reset()
        fn.plan(0)

        assert total.get() == 65, turn
        assert total.get_then_reset() == 65


def test_a_function_may_use_its_own_accumulator():
    fn = Sum()
    total = LongAccumulator(fn, 0)
    seen = []
    total.accumulate(1)
    fn.plan(1, lambda: seen.append((total.get(), total.get_then_reset())))

    total.accumulate(2)

    assert seen == [(1, 1)]
    assert total.get() == 2


def test_a_function_that_holds_its_accumulator_is_collected_with_it():
    fn = Sum()
    total = LongAccumulator(fn, 0)
    fn.total = total
    seen = weakref.ref(fn)

    del fn, total
    gc.collect()

    assert seen() is None


def accumulate_many(total, rounds):
    for n in range(rounds):
        total.accumulate(n % 5)


def accumulate_and_end(total, rounds, left, over):
    accumulate_many(total, rounds)
    if left.decrement_and_get() == 0:
        over.set(True)


def drain_total_until(total, over):
    drained = []
    while not over.get():
        drained.append(total.get_then_reset())
    return drained


@each_method
@pytest.mark.parametrize("make", [LongAccumulator, DoubleAccumulator])
def test_drains_of_accumulators_lose_nothing_and_take_nothing_twice(method, make):
    total, over, left = make(operator.add, 0), AtomicBoolean(), AtomicLong(2)
    rounds = 3000

    drained = together(
        method,
        *[(accumulate_and_end, total, rounds, left, over)] * 2,
        *[(drain_total_until, total, over)] * 2,
    )

    wanted = 2 * sum(n % 5 for n in range(rounds))
    assert sum(itertools.chain(*filter(None, drained))) + total.get_then_reset() == wanted


@each_method
def test_a_maximum_is_one_that_was_given_by_some_process(method):
    longest = LongAccumulator(max, 0)

    together(method, *[(accumulate_many, longest, n) for n in (3, 5, 2)])

    assert longest.get() == 4


def test_a_function_that_cannot_be_pickled_still_goes_to_forked_children():
    total = LongAccumulator(lambda a, b: a | b, 0)

    for bit in range(3):
        assert ended_well(forked(lambda bit=bit: total.accumulate(1 << bit)))
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(total)

    assert total.get() == 7
