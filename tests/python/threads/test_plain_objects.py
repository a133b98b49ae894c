"""Instances are plain objects: identity, truth, attributes, weak references, subclasses, cycles."""

import copy
import gc
import pickle
import weakref

import pytest

from atomos.atom import ARef, Atom
from atomos.atomic import AtomicReference, DoubleAdder, LongAdder

from .kinds import INTEGER, KINDS, NUMBERS

by_kind = pytest.mark.parametrize("kind", KINDS, ids=str)
MAKERS = [*(pytest.param(lambda k=k: k.make(k.one), id=str(k)) for k in KINDS),
          pytest.param(LongAdder, id="LongAdder"),
          pytest.param(DoubleAdder, id="DoubleAdder"),
          pytest.param(ARef, id="ARef"),
          pytest.param(lambda: Atom({}), id="Atom")]  # fmt: skip
by_maker = pytest.mark.parametrize("make", MAKERS)


@by_maker
def test_equality_and_hash_are_those_of_identity(make):
    one, other = make(), make()

    assert one == one
    assert one != other
    assert hash(one) == object.__hash__(one)
    assert len({one, other}) == 2


@by_maker
def test_an_instance_is_true_even_when_its_value_is_not(make):
    assert make()


@by_kind
def test_holding_the_default_is_true(kind):
    assert kind.make()


@by_maker
def test_attributes_can_be_set_read_and_deleted(make):
    thing = make()

    thing.name = "jobs"

    assert thing.name == "jobs"
    assert vars(thing)["name"] == "jobs"
    del thing.name
    assert not hasattr(thing, "name")


@by_maker
def test_a_weak_reference_dies_with_the_instance(make):
    thing = make()
    seen = weakref.ref(thing)
    assert seen() is thing

    del thing
    gc.collect()

    assert seen() is None


@by_maker
def test_a_cycle_through_attributes_is_collected(make):
    thing = make()
    seen = weakref.ref(thing)
    thing.itself = thing

    del thing
    gc.collect()

    assert seen() is None


@pytest.mark.parametrize("make", [AtomicReference, Atom])
def test_a_cycle_through_the_value_is_collected(make):
    state = {}
    thing = make(state)
    state["holder"] = thing
    seen = weakref.ref(thing)

    del thing, state
    gc.collect()

    assert seen() is None


def test_a_cycle_through_watches_and_validator_is_collected():
    class Key:
        pass

    atom = Atom(1)
    key = Key()
    key.atom = atom
    atom.add_watch(key, lambda *_: atom)  # noqa: F821
    atom.set_validator(lambda _: bool(atom))  # noqa: F821
    seen = weakref.ref(atom)

    del atom, key
    gc.collect()

    assert seen() is None


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
def test_numbers_are_not_numbers_themselves(kind):
    number = kind.make(kind.one)

    for attempt in (
        lambda: number + 1,
        lambda: 1 + number,
        lambda: number - 1,
        lambda: -number,
        lambda: int(number),
        lambda: float(number),
        lambda: number < 1,
        lambda: [][number],
    ):
        with pytest.raises(TypeError):
            attempt()
    assert number != kind.one


@by_maker
def test_subclassing_works(make):
    kind = type(make())

    class Named(kind):
        extra = "class"

        def hello(self):
            return f"hello {self.extra}"

    thing = Named("x") if kind is Atom else Named()
    thing.extra = "instance"

    assert isinstance(thing, kind)
    assert thing.hello() == "hello instance"
    assert type(thing).__name__ == "Named"


def test_a_subclass_may_have_slots_and_arguments_of_its_own():
    class Counter(INTEGER.make):
        __slots__ = ("name",)

        def __init__(self, name, start):
            super().__init__(start)
            self.name = name

    jobs = Counter("jobs", 5)

    assert (jobs.name, jobs.increment_and_get()) == ("jobs", 6)


def test_a_subclass_of_aref_notifies_its_own_watches():
    class Cell(ARef):
        def __init__(self, value):
            super().__init__()
            self.value = value

        def put(self, value):
            old, self.value = self.value, value
            self.notify_watches(old, value)

    heard = []
    cell = Cell(1)
    cell.add_watch("k", lambda *args: heard.append(args))

    cell.put(2)

    assert heard == [("k", cell, 1, 2)]


@by_maker
@pytest.mark.parametrize(
    "copier", [copy.copy, copy.deepcopy, pickle.dumps], ids=lambda f: f.__name__
)
def test_copying_and_pickling_are_type_errors(make, copier):
    with pytest.raises(TypeError):
        copier(make())


@by_maker
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_pickle_protocol_gets_through(make, protocol):
    with pytest.raises(TypeError):
        pickle.dumps(make(), protocol)


def test_the_state_of_an_atom_can_be_deepcopied_inside_swap():
    state = {"a": [1]}
    atom = Atom(state)

    def add(current):
        fresh = copy.deepcopy(current)
        fresh["a"].append(2)
        return fresh

    assert atom.swap(add) == {"a": [1, 2]}
    assert state == {"a": [1]}


@pytest.mark.parametrize("kind", [AtomicReference, Atom])
def test_classes_are_generic_at_run_time(kind):
    alias = kind[int]

    assert alias.__origin__ is kind
    assert alias.__args__ == (int,)
    assert isinstance(alias(1), kind)


@pytest.mark.parametrize("kind", [AtomicReference, Atom])
def test_generic_subclasses_can_be_made(kind):
    class OfInts(kind[int]):
        pass

    assert OfInts(3)
    assert issubclass(OfInts, kind)


@by_kind
def test_init_again_sets_the_value_again(kind):
    ref = kind.make(kind.one)

    ref.__init__(kind.other)

    assert ref.get() == kind.other


@by_kind
def test_an_instance_whose_init_did_not_run_is_safe(kind):
    ref = kind.make.__new__(kind.make)

    ref.get()
    ref.set(kind.one)

    assert ref.get() == kind.one


def test_an_atom_whose_init_did_not_run_is_safe():
    atom = Atom.__new__(Atom)

    atom.deref()
    atom.get_watches()
    atom.reset(3)

    assert atom.deref() == 3
