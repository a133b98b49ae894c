"""Which part a cursor shows: items, attributes, and lenses."""

import collections
import dataclasses
import types

import pytest

from atomos import Atom, cursor, lens
from atomos.atom import Cursor, Lens


def one_more(n):
    return n + 1


@dataclasses.dataclass(frozen=True)
class Frozen:
    port: int
    host: str = "h"


class Slots:
    __slots__ = ("port",)

    def __init__(self, port):
        self.port = port


Named = collections.namedtuple("Named", "port host")


class Persistent:
    """As the maps of pyrsistent and immutables."""

    def __init__(self, items):
        self.items = items

    def __getitem__(self, key):
        return self.items[key]

    def set(self, key, value):
        return Persistent({**self.items, key: value})


class MyDict(dict):
    pass


class MyTuple(tuple):
    pass


ITEMS = {
    "dict": ({"k": 1, "o": 2}, "k"),
    "dict subclass": (MyDict(k=1), "k"),
    "ordered": (collections.OrderedDict(k=1), "k"),
    "default": (collections.defaultdict(int, k=1), "k"),
    "list": ([0, 1], -1),
    "tuple": ((0, 1, 2), 1),
    "tuple subclass": (MyTuple((1, 2)), 0),
    "named tuple": (Named(1, "h"), 0),
    "persistent": (Persistent({"k": 1}), "k"),
}


@pytest.mark.parametrize(("whole", "key"), ITEMS.values(), ids=ITEMS)
def test_an_item_of_any_container_is_replaced_in_one_of_the_same_class(whole, key):
    atom = Atom(whole)
    part = cursor(atom, key=key)

    assert part.swap_vals(one_more) == (1, 2)

    new = atom.deref()
    assert new is not whole
    assert type(new) is type(whole)
    assert new[key] == 2
    assert whole[key] == 1


ATTRIBUTES = {
    "dataclass": Frozen(1),
    "named tuple": Named(1, "h"),
    "slots": Slots(1),
    "namespace": types.SimpleNamespace(port=1),
}


@pytest.mark.parametrize("whole", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_an_attribute_is_replaced_in_an_object_of_the_same_class(whole):
    atom = Atom(whole)
    port = cursor(atom, attribute="port")

    assert port.swap_vals(one_more) == (1, 2)

    assert type(atom.deref()) is type(whole)
    assert (atom.deref().port, whole.port) == (2, 1)
    assert getattr(atom.deref(), "host", "h") == "h"


@pytest.mark.parametrize("whole", ["text", frozenset("a"), 5])
def test_what_cannot_have_another_item_is_a_type_error_that_names_it(whole):
    atom = Atom(whole)
    # The old item is not the reason: reading gives a default.
    part = Cursor(atom, Lens(lambda w: 0, cursor(atom, key=0)._with_part))

    with pytest.raises(TypeError, match=f"no {type(whole).__name__} can be made with another"):
        part.reset("x")

    assert atom.deref() == whole


def test_what_is_not_there_reads_as_the_default_or_is_an_error():
    state = Atom({"users": 1})

    assert cursor(state, key="rooms", default=3).deref() == 3
    assert cursor(state, key="rooms", default=None).deref() is None
    with pytest.raises(KeyError, match="rooms"):
        cursor(state, key="rooms").deref()
    with pytest.raises(KeyError, match="rooms"):
        cursor(state, key="rooms").reset(1)
    assert "rooms" not in state.deref()

    assert cursor(state, key="rooms", default=3).swap(one_more) == 4
    assert state.deref()["rooms"] == 4


def test_a_lens_is_any_pair_of_functions():
    kelvin = Atom(300.0)

    def celsius_of(k):
        return k - 273.0

    def with_celsius(_, c):
        return c + 273.0

    for how in (lens(celsius_of, with_celsius), (celsius_of, with_celsius),
                Lens(get=celsius_of, set=with_celsius)):  # fmt: skip
        kelvin.reset(300.0)
        celsius = cursor(kelvin, how)
        assert celsius.deref() == 27.0
        assert celsius.reset(0.0) == 0.0
        assert kelvin.deref() == 273.0
