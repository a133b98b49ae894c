"""Objects travel under fork, spawn and forkserver, stay shared, and outlive their makers."""

import multiprocessing
import pickle
import queue

import pytest

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

from .children import METHODS, Child, call

each_method = pytest.mark.parametrize("method", METHODS)


class Derived(AtomicLong):
    """A class of a user, with an attribute of its own."""

    label = "none"


def one_of_each():
    return {
        "reference": AtomicReference([1]),
        "ctypes": AtomicCtypesReference("h", 1),
        "boolean": AtomicBoolean(False),
        "number": AtomicNumber("d", 1),
        "integer": AtomicInteger(1),
        "long": AtomicLong(1),
        "float": AtomicFloat(1.0),
        "atom": Atom([1]),
    }


def change_each(objects):
    """Changes all; gives back their values before, and the objects themselves."""
    before = values_of(objects)
    objects["reference"].update_and_get(lambda v: [*v, 2])
    objects["ctypes"].set(2**16 + 2)
    objects["boolean"].set(True)
    objects["number"].add_and_get(1)
    objects["integer"].add_and_get(1)
    objects["long"].add_and_get(1)
    objects["float"].add_and_get(1)
    objects["atom"].swap(lambda v: [*v, 2])
    return before, objects


def values_of(objects):
    return {k: o.deref() if k == "atom" else o.get() for k, o in objects.items()}


@each_method
def test_objects_in_a_container_are_shared_with_a_child_and_come_back(method):
    objects = one_of_each()
    begun = values_of(objects)

    before, returned = call(method, change_each, objects)

    assert before == begun
    assert values_of(objects) == {
        "reference": [1, 2],
        "ctypes": 2,
        "boolean": True,
        "number": 2.0,
        "integer": 2,
        "long": 2,
        "float": 2.0,
        "atom": [1, 2],
    }
    assert values_of(returned) == values_of(objects)
    assert {k: type(o) for k, o in returned.items()} == {k: type(o) for k, o in objects.items()}
    returned["integer"].set(77)
    assert objects["integer"].get() == 77


def increment(number):
    return number.increment_and_get()


@each_method
def test_objects_are_arguments_of_pool_map(method):
    counter = AtomicLong(0)

    with multiprocessing.get_context(method).Pool(2) as pool:
        results = pool.map(increment, [counter] * 100)

    assert sorted(results) == list(range(1, 101))
    assert counter.get() == 100


def make(n):
    return {"counter": AtomicLong(n), "state": Atom([n])}


@each_method
def test_objects_are_results_of_pool_map_and_outlive_the_pool(method):
    with multiprocessing.get_context(method).Pool(2) as pool:
        made = pool.map(make, range(10))

    assert [each["counter"].increment_and_get() for each in made] == list(range(1, 11))
    assert [each["state"].swap(lambda v: [*v, "x"]) for each in made] == [
        [n, "x"] for n in range(10)
    ]


def produce(objects):
    for n in range(20):
        objects.put([AtomicInteger(n), AtomicReference({"n": n})])


@each_method
def test_what_a_child_made_and_sent_through_a_queue_outlives_it(method):
    context = multiprocessing.get_context(method)
    objects = context.Queue()

    child = context.Process(target=produce, args=(objects,))
    child.start()
    received = [objects.get() for _ in range(20)]
    child.join()

    assert child.exitcode == 0
    for n, (integer, reference) in enumerate(received):
        assert (integer.get(), reference.get()) == (n, {"n": n})
        assert integer.increment_and_get() == n + 1
    with pytest.raises(queue.Empty):
        objects.get_nowait()


def echo(pipe):
    number = pipe.recv()
    number.set(number.get() * 2)
    pipe.send([number])


@each_method
def test_an_object_travels_through_a_pipe_there_and_back(method):
    context = multiprocessing.get_context(method)
    ours, theirs = context.Pipe()
    number = AtomicFloat(2.5)

    child = context.Process(target=echo, args=(theirs,))
    child.start()
    ours.send(number)
    (back,) = ours.recv()
    child.join()

    assert (number.get(), back.get()) == (5.0, 5.0)
    back.set(1.0)
    assert number.get() == 1.0


def descend(depth, number, method):
    number.increment_and_get()
    if depth:
        call(method, descend, depth - 1, number, method)
    return number


@each_method
def test_children_of_children_share_what_they_are_given(method):
    number = AtomicLong(0)

    back = call(method, descend, 2, number, method)

    assert number.get() == back.get() == 3


def test_start_methods_may_be_mixed():
    number = AtomicLong(0)
    pairs = [(outer, inner) for outer in METHODS for inner in METHODS]
    pairs.remove(
        ("fork", "forkserver")
    )  # multiprocessing itself cannot: the server is not its child

    for outer, inner in pairs:
        call(outer, call, inner, increment, number)

    assert number.get() == len(pairs)


@each_method
def test_a_derived_class_and_its_attributes_travel(method):
    number = Derived(5)
    number.label = "five"

    back = call(method, same, number)

    assert type(back) is Derived
    assert (back.label, back.get()) == ("five", 5)


def same(value):
    return value


def test_what_was_pickled_stays_when_its_maker_drops_it():
    text = [pickle.dumps(AtomicLong(n)) for n in range(100)]
    others = [AtomicLong(-1) for _ in range(200)]

    assert [pickle.loads(each).get() for each in text] == list(range(100))
    assert {other.get() for other in others} == {-1}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_pickle_protocol_gives_another_handle_on_the_same_value(protocol):
    for kind, changed in ((AtomicLong, 2), (AtomicReference, [2])):
        first = kind(1)

        second = pickle.loads(pickle.dumps(first, protocol))
        second.set(changed)

        assert second is not first
        assert first.get() == changed


def hold(number, begun, end):
    begun.set()
    end.wait()
    return number.get()


@each_method
def test_objects_work_beside_the_locks_of_multiprocessing(method):
    context = multiprocessing.get_context(method)
    number, begun, end = AtomicLong(1), context.Event(), context.Event()

    child = Child(method, hold, number, begun, end)
    begun.wait()
    number.set(2)
    end.set()

    assert child.answer() == 2
