"""The C++ side sees the adders, arrays and accumulators that Python made, and the reverse."""

import json
import math
import struct

import pytest

from atomos.multiprocessing.atomic import (
    AtomicBooleanArray,
    AtomicFloatArray,
    AtomicLongArray,
    AtomicMarkableReference,
    AtomicNumberArray,
    AtomicReferenceArray,
    AtomicStampedReference,
    DoubleAccumulator,
    DoubleAdder,
    LongAccumulator,
    LongAdder,
)

from .command_line_test import atomos_says, pytestmark  # noqa: F401


def test_get_prints_the_sum_of_an_adder_of_python(folder):
    longs = LongAdder(region="shop", name="served")
    doubles = DoubleAdder(region="shop", name="earned")
    longs.add(-42)
    for _ in range(10):
        doubles.add(0.1)

    assert atomos_says("get", "shop/served") == "-42"
    assert atomos_says("get", "shop/earned") == "1"
    longs.sum_then_reset()
    assert atomos_says("get", "shop/served") == "0"


def test_python_sums_and_drains_what_the_command_line_added(folder):
    longs = LongAdder(region="shop", name="served")
    doubles = DoubleAdder(region="shop", name="earned")
    longs.add(1)

    atomos_says("add", "shop/served", 41)
    atomos_says("add", "shop/earned", 0.25)

    assert (longs.sum_then_reset(), doubles.sum_then_reset()) == (42, 0.25)
    assert (atomos_says("get", "shop/served"), atomos_says("get", "shop/earned")) == ("0", "0")


@pytest.mark.parametrize(
    ("make", "layout"),
    [
        (lambda values, **place: AtomicLongArray(values, **place), "3q"),
        (lambda values, **place: AtomicFloatArray(values, **place), "3d"),
        (lambda values, **place: AtomicBooleanArray(values, **place), "3?"),
        (lambda values, **place: AtomicNumberArray("h", values, **place), "3h"),
        (lambda values, **place: AtomicNumberArray("I", values, **place), "3I"),
    ],
)
def test_an_array_is_its_numbers_side_by_side(folder, make, layout):
    array = make([1, 0, 7], region="shop", name="row")
    array.set(1, 5)

    shown = atomos_says("get", "shop/row")

    values = [bool(value) if layout == "3?" else value for value in (1, 5, 7)]
    assert bytes.fromhex(shown.replace(" ", "")) == struct.pack(layout, *values)


@pytest.mark.parametrize(
    ("make", "given", "bits"),
    [
        (lambda **place: LongAccumulator(max, 0, **place), 7, struct.pack("q", 7)),
        (lambda **place: DoubleAccumulator(max, -math.inf, **place), 0.5, struct.pack("d", 0.5)),
    ],
)
def test_an_accumulator_is_sixteen_words_of_which_one_has_the_value(folder, make, given, bits):
    total = make(region="shop", name="most")
    nothing = bytes.fromhex(atomos_says("get", "shop/most").replace(" ", ""))[:8]

    total.accumulate(given)

    shown = bytes.fromhex(atomos_says("get", "shop/most").replace(" ", ""))
    words = [shown[at : at + 8] for at in range(0, len(shown), 64)]
    assert sorted(words) == sorted([nothing] * 15 + [bits])


def test_list_shows_each_with_its_type(folder):
    LongAdder(region="shop", name="adder")
    LongAccumulator(max, -1, region="shop", name="most")
    AtomicLongArray(3, region="shop", name="row")
    AtomicReferenceArray(2, region="shop", name="pages")
    AtomicStampedReference("a", 1, region="shop", name="stamped")
    AtomicMarkableReference("a", True, region="shop", name="marked")

    shown = json.loads(atomos_says("list", "--json", "shop").splitlines()[0])

    text = json.dumps(shown)
    for type_ in (
        "int64 from -1",
        "int64[3]",
        "references to pickle[2]",
        "stamped<pickle>",
        "markable<pickle>",
    ):
        assert type_ in text
