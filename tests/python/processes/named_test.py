"""region= and name= stand for the same variable in programs that know nothing of each other."""

import multiprocessing
import pickle

import pytest

import atomos
from atomos.multiprocessing import Region
from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import (
    AtomicBoolean,
    AtomicCtypesReference,
    AtomicFloat,
    AtomicInteger,
    AtomicLong,
    AtomicNumber,
    AtomicReference,
)

from .children import METHODS, call
from .scripts import ended, run, started

FIRST = """
    from atomos.multiprocessing.atom import Atom
    from atomos.multiprocessing.atomic import *

    AtomicLong(1, region="shop", name="orders").add_and_get(41)
    AtomicFloat(0.5, region="shop", name="share")
    AtomicBoolean(True, region="shop", name="open")
    AtomicNumber("H", 65535, region="shop", name="small")
    AtomicReference(["tea"], region="shop", name="stock")
    Atom({"n": 0}, region="shop", name="state").swap(lambda s: {"n": 5})
"""
SECOND = """
    from atomos.multiprocessing.atom import Atom
    from atomos.multiprocessing.atomic import *

    print(AtomicLong(0, region="shop", name="orders").get(),
          AtomicFloat(0.0, region="shop", name="share").get(),
          AtomicBoolean(False, region="shop", name="open").get(),
          AtomicNumber("H", 0, region="shop", name="small").add_and_get(2),
          AtomicReference(region="shop", name="stock").get(),
          Atom(None, region="shop", name="state").deref())
"""


def test_unrelated_programs_open_the_same_variables_by_name(folder):
    run(FIRST)

    assert run(SECOND) == "42 0.5 True 1 ['tea'] {'n': 5}"
    assert [path.name for path in folder.iterdir()] == ["atomos-shop"]


def test_programs_that_run_at_the_same_time_wake_each_other(folder):
    source = """
        import sys
        from atomos.multiprocessing.atomic import AtomicReference

        ball = AtomicReference(0, region="court", name="ball")
        for n in range(int(sys.argv[1]), 100, 2):
            while (seen := ball.get()) != n:
                ball.wait(seen)
            assert ball.compare_and_set(n, n + 1)
    """

    players = [started(source, 0), started(source, 1)]

    for player in players:
        status, out, err = ended(player)
        assert status == 0, out + err
    assert AtomicReference(0, region="court", name="ball").get() == 100


def test_a_region_may_be_given_as_an_object(folder):
    shop = Region.create("shop")

    first = AtomicLong(5, region=shop, name="orders")
    second = AtomicLong(0, region="shop", name="orders")
    second.increment_and_get()

    assert first.get() == 6


def change_named(number, state, region):
    number.add_and_get(1)
    state.swap(lambda s: [*s, 1])
    return AtomicLong(0, region=region, name="orders").get()


@pytest.mark.parametrize("method", METHODS)
def test_named_objects_and_regions_travel(method):
    region = Region.create(f"travel-{method}")
    number = AtomicLong(1, region=region, name="orders")
    state = Atom([], region=region, name="state")

    assert call(method, change_named, number, state, region) == 2
    assert (number.get(), state.deref()) == (2, [1])
    assert Region.remove(region.name)


def test_the_value_of_who_opens_is_not_used(folder):
    AtomicReference("first", region="r", name="v")

    assert AtomicReference("second", region="r", name="v").get() == "first"


def test_a_named_variable_stays_when_its_objects_end(folder):
    number = AtomicLong(1, region="r", name="v")
    number.set(9)
    del number

    assert AtomicLong(1, region="r", name="v").get() == 9


TYPES = {
    "int64": lambda **place: AtomicLong(1, **place),
    "float64": lambda **place: AtomicFloat(1, **place),
    "bool": lambda **place: AtomicBoolean(True, **place),
    "int16": lambda **place: AtomicCtypesReference("h", 1, **place),
    "uint16": lambda **place: AtomicNumber("H", 1, **place),
    "pickle": lambda **place: AtomicReference(1, **place),
}


@pytest.mark.parametrize("there", TYPES)
def test_opening_a_variable_as_another_type_is_a_mismatch(folder, there):
    TYPES[there](region="r", name="v")

    for other, make in TYPES.items():
        if other == there:
            make(region="r", name="v")
        else:
            with pytest.raises(atomos.Mismatch, match=other):
                make(region="r", name="v")


def test_integers_and_longs_are_one_type_and_so_are_references_and_atoms(folder):
    integer = AtomicInteger(1, region="r", name="n")
    reference = AtomicReference([1], region="r", name="v")

    AtomicLong(0, region="r", name="n").set(5)
    Atom(None, region="r", name="v").reset([2])

    assert (integer.get(), reference.get()) == (5, [2])


@pytest.mark.parametrize("make", TYPES.values(), ids=TYPES)
def test_region_and_name_go_together(folder, make):
    for place in ({"region": "r"}, {"name": "v"}, {"region": 5, "name": "v"}):
        with pytest.raises(TypeError):
            make(**place)
    with pytest.raises(TypeError):
        make(region="r", name=5)

    make(region=None, name=None)


@pytest.mark.parametrize("bad", ["", ".hidden", "a/b", "x" * 101, "a b", "\0"])
def test_a_bad_region_name_is_a_value_error(folder, bad):
    with pytest.raises(ValueError):
        AtomicLong(0, region=bad, name="v")
    with pytest.raises(ValueError):
        AtomicReference(0, region=bad, name="v")


@pytest.mark.parametrize("bad", ["", "x" * 5000])
def test_a_bad_variable_name_is_a_value_error(folder, bad):
    with pytest.raises(ValueError):
        AtomicLong(0, region="r", name=bad)


def test_a_region_opened_to_look_refuses_changes(folder):
    AtomicLong(5, region="r", name="n")
    AtomicReference([5], region="r", name="v")
    looking = Region.open("r", read_only=True)
    number = AtomicLong(0, region=looking, name="n")
    reference = AtomicReference(None, region=looking, name="v")
    atom = Atom(None, region=looking, name="v")

    assert (number.get(), reference.get(), atom.deref()) == (5, [5], [5])
    for change in (
        lambda: number.set(1),
        lambda: number.add_and_get(1),
        lambda: number.compare_and_set(5, 1),
        lambda: reference.set(1),
        lambda: reference.update_and_get(lambda v: 1),
        lambda: atom.reset(1),
        lambda: atom.swap(lambda v: 1),
    ):
        with pytest.raises(atomos.PermissionDenied):
            change()
    with pytest.raises(atomos.NotFound):
        AtomicLong(0, region=looking, name="new")
    assert (number.get(), reference.get()) == (5, [5])


def test_a_pickled_object_whose_region_is_gone_is_not_found(folder):
    number = AtomicLong(5, region="r", name="n")
    text = pickle.dumps(number)

    Region.remove("r")

    with pytest.raises(atomos.NotFound):
        pickle.loads(text)
    assert number.increment_and_get() == 6


def test_a_pool_takes_named_objects(folder):
    number = AtomicLong(0, region="r", name="n")

    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(AtomicLong.increment_and_get, [number] * 20)

    assert number.get() == 20
