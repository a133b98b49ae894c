"""Processes are killed amid adders, accumulators, arrays and pairs: what was done counts."""

import operator

from atomos.multiprocessing.atomic import (
    AtomicLong,
    AtomicLongArray,
    AtomicReferenceArray,
    AtomicStampedReference,
    DoubleAccumulator,
    DoubleAdder,
    LongAccumulator,
    LongAdder,
)

from .kills_test import KILLS, massacre
from .variables import values_of


def test_acknowledged_adds_are_in_the_sums(rng):
    longs, doubles = LongAdder(), DoubleAdder()

    def add(place, n):
        longs.increment()
        doubles.add(0.5)

    done = massacre(rng, add)

    assert sum(done) <= longs.sum() <= sum(done) + len(done)
    assert sum(done) <= 2 * doubles.sum() <= sum(done) + len(done)


def test_acknowledged_values_are_in_the_accumulators(rng):
    total = LongAccumulator(operator.add, 0)
    most = DoubleAccumulator(max, 0)

    def accumulate(place, n):
        total.accumulate(1)
        most.accumulate(n + 1)

    done = massacre(rng, accumulate)

    assert sum(done) <= total.get() <= sum(done) + len(done)
    assert max(done) <= most.get() <= max(done) + 1


def test_drains_of_killed_processes_take_nothing_twice_and_no_part_of_an_add(rng):
    adder, drained = LongAdder(), AtomicLongArray(1000)

    def add_and_drain(place, n):
        adder.add(3)
        taken = adder.sum_then_reset()
        assert taken % 3 == 0
        drained.add_and_get(place, taken)

    done = massacre(rng, add_and_drain)

    accounted = sum(values_of(drained)) + adder.sum()
    assert accounted % 3 == 0
    assert accounted <= 3 * (sum(done) + len(done))
    adder.add(3)
    assert adder.sum_then_reset() % 3 == 0


def test_drains_of_parts_go_on_after_kills_and_take_nothing_twice(rng):
    doubles, total = DoubleAdder(), LongAccumulator(operator.add, 0)
    given, taken = AtomicLong(0), AtomicLong(0)

    def give_and_take(place, n):
        given.add_and_get(2)
        doubles.add(1)
        total.accumulate(1)
        if n % 4 == 0:
            taken.add_and_get(int(doubles.sum_then_reset()) + total.get_then_reset())

    massacre(rng, give_and_take, KILLS // 2)

    assert taken.get() + int(doubles.sum_then_reset()) + total.get_then_reset() <= given.get()
    doubles.add(1)
    total.accumulate(1)
    assert (doubles.sum_then_reset(), total.get_then_reset()) == (1.0, 1)


def test_acknowledged_changes_of_elements_are_never_lost(rng):
    longs, references = AtomicLongArray(4), AtomicReferenceArray(2, 0)

    def change(place, n):
        longs.increment_and_get(n % 4)
        references.update_and_get(n % 2, lambda value: value + 1)

    done = massacre(rng, change)

    for values in (values_of(longs), values_of(references)):
        assert sum(done) <= sum(values) <= sum(done) + len(done)


def test_a_pair_that_killed_processes_were_setting_is_never_torn(rng):
    ref = AtomicStampedReference("0 ", 0)

    def count(place, n):
        while True:
            seen, stamp = ref.get()
            assert seen == f"{stamp} " * (1 + stamp % 50)
            after = stamp + 1
            if ref.compare_and_set(seen, f"{after} " * (1 + after % 50), stamp, after):
                break

    done = massacre(rng, count)

    seen, stamp = ref.get()
    assert seen == f"{stamp} " * (1 + stamp % 50)
    assert sum(done) <= stamp <= sum(done) + len(done)


def test_processes_killed_while_they_make_variables_of_many_words_block_nobody(rng):
    def make(place, n):
        adder, row, pair = LongAdder(), AtomicLongArray(3, n), AtomicStampedReference(n, n)
        adder.add(n)
        assert (adder.sum(), values_of(row), pair.get()) == (n, [n] * 3, (n, n))
        DoubleAdder().add(n)

    massacre(rng, make, KILLS // 3)

    adder = DoubleAdder()
    adder.add(1)
    assert adder.sum() == 1.0
    assert values_of(AtomicLongArray([1, 2])) == [1, 2]
