"""Arrays, stamped references, adders and accumulators: shared and named as all others are."""

import copy
import gc
import multiprocessing
import pickle
import weakref
from pathlib import Path

import pytest

import atomos
from atomos.multiprocessing import Region
from atomos.multiprocessing.atomic import AtomicLong, AtomicReference

from .children import METHODS, call, ended_well, forked
from .scripts import run
from .variables import VARIABLES

each_method = pytest.mark.parametrize("method", METHODS)
each_kind = pytest.mark.parametrize("kind", VARIABLES.values(), ids=VARIABLES)
each_name = pytest.mark.parametrize("name", VARIABLES)


def change_in_child(objects):
    """Changes all; gives back their values before, and the objects themselves."""
    before = {name: VARIABLES[name].value(one) for name, one in objects.items()}
    for name, one in objects.items():
        VARIABLES[name].change(one)
    return before, objects


@each_method
def test_they_are_shared_with_a_child_and_come_back(method):
    objects = {name: kind() for name, kind in VARIABLES.items()}

    before, returned = call(method, change_in_child, objects)

    for name, kind in VARIABLES.items():
        assert before[name] == kind.begun
        assert kind.value(objects[name]) == kind.value(returned[name]) == kind.changed
        assert type(returned[name]) is kind.make


@each_method
def test_with_a_name_they_are_shared_with_a_child_too(method):
    region = Region.create(f"variables-{method}")
    objects = {name: kind(region=region, name=name) for name, kind in VARIABLES.items()}

    call(method, change_in_child, objects)

    for name, kind in VARIABLES.items():
        assert kind.value(objects[name]) == kind.changed
        assert kind.value(kind(region=region, name=name)) == kind.changed
    Region.remove(region.name)


@each_kind
def test_a_child_that_was_forked_by_hand_shares_them(kind):
    shared = kind()

    assert ended_well(forked(lambda: kind.change(shared)))

    assert kind.value(shared) == kind.changed


def put_through(objects):
    for name, kind in VARIABLES.items():
        one = kind()
        kind.change(one)
        objects.put((name, one))


@each_method
def test_what_a_child_made_and_sent_through_a_queue_outlives_it(method):
    context = multiprocessing.get_context(method)
    objects = context.Queue()

    child = context.Process(target=put_through, args=(objects,))
    child.start()
    received = dict(objects.get() for _ in VARIABLES)
    child.join()

    assert child.exitcode == 0
    assert {name: VARIABLES[name].value(one) for name, one in received.items()} == {
        name: kind.changed for name, kind in VARIABLES.items()
    }


def change_one(named):
    name, one = named
    VARIABLES[name].change(one)
    return one


@each_method
def test_a_pool_takes_and_returns_them(method):
    objects = {name: kind() for name, kind in VARIABLES.items()}

    with multiprocessing.get_context(method).Pool(2) as pool:
        returned = pool.map(change_one, objects.items())

    for (name, one), other in zip(objects.items(), returned, strict=True):
        assert VARIABLES[name].value(one) == VARIABLES[name].value(other) == VARIABLES[name].changed


@each_name
def test_unrelated_programs_open_the_same_one_by_its_name(folder, name):
    source = """
        import sys
        sys.path.insert(0, sys.argv[2])
        from processes.variables import VARIABLES

        kind = VARIABLES[sys.argv[1]]
        one = kind(region="shop", name="v")
        kind.change(one)
        print(one)
    """
    kind = VARIABLES[name]
    opened = kind(region="shop", name="v")

    run(source, name, Path(__file__).parents[1])

    assert kind.value(opened) == kind.changed
    assert [path.name for path in folder.iterdir()] == ["atomos-shop"]


@each_kind
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_pickle_protocol_gives_another_handle_on_the_same_value(kind, protocol):
    first = kind()

    second = pickle.loads(pickle.dumps(first, protocol))
    kind.change(second)

    assert second is not first
    assert kind.value(first) == kind.changed


@each_kind
@pytest.mark.parametrize("copying", [copy.copy, copy.deepcopy])
def test_a_copy_is_another_handle_on_the_same_value(kind, copying):
    first = kind()

    kind.change(copying(first))

    assert kind.value(first) == kind.changed


@each_name
def test_the_region_calls_it_by_its_type_and_another_type_is_a_mismatch(folder, name):
    kind = VARIABLES[name]
    kind(region="r", name="v")

    (variable,) = [v for v in Region.open("r").variables() if v.name == "v"]
    assert variable.type.removeprefix("references to ") == kind.type
    assert not variable.damage
    for other in VARIABLES.values():
        if other.type == kind.type:
            other(region="r", name="v")
        else:
            with pytest.raises(atomos.Mismatch, match='variable "v" is an?'):
                other(region="r", name="v")
    for make in (
        lambda: AtomicLong(0, region="r", name="v"),
        lambda: AtomicReference(0, region="r", name="v"),
    ):
        with pytest.raises(atomos.Mismatch):
            make()


@each_kind
def test_a_pickle_whose_variable_became_another_type_is_refused(folder, kind):
    text = pickle.dumps(kind(region="r", name="v"))
    Region.remove("r")
    with pytest.raises(atomos.NotFound):
        pickle.loads(text)

    AtomicLong(0, region="r", name="v")
    AtomicLong(0, region="r", name="v[0]")

    with pytest.raises((atomos.Mismatch, atomos.NotFound)):
        pickle.loads(text)


@each_kind
def test_a_region_opened_to_look_shows_the_value_and_refuses_changes(folder, kind):
    first = kind(region="r", name="v")
    looking = Region.open("r", read_only=True)
    second = kind(region=looking, name="v")

    assert kind.value(second) == kind.begun
    with pytest.raises(atomos.PermissionDenied):
        kind.change(second)
    with pytest.raises(atomos.NotFound):
        kind(region=looking, name="new")
    for drain in ("reset", "sum_then_reset", "get_then_reset"):
        if hasattr(second, drain):
            with pytest.raises(atomos.PermissionDenied):
                getattr(second, drain)()
    assert kind.value(first) == kind.begun


@each_kind
def test_region_and_name_go_together_and_are_keywords_only(folder, kind):
    for place in ({"region": "r"}, {"name": "v"}, {"region": 5, "name": "v"}):
        with pytest.raises(TypeError):
            kind(**place)
    with pytest.raises(TypeError):
        kind.make(*kind.arguments, None, "r", "v")
    with pytest.raises(ValueError):
        kind(region="r", name="")

    assert kind.value(kind(region=None, name=None)) == kind.begun


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("LongAdder", 118),
        ("DoubleAdder", 124),
        ("AtomicReferenceArray", 124),
        ("AtomicLongArray", 127),
        ("LongAccumulator", 127),
    ],
)
def test_a_name_that_is_too_long_for_its_parts_makes_nothing(folder, name, longest):
    kind = VARIABLES[name]
    kind(region="r", name="x" * longest)
    before = Region.open("r").variables()

    with pytest.raises(ValueError, match=f"{longest + 1} bytes; 1 to {longest} .*allowed"):
        kind(region="r", name="y" * (longest + 1))

    assert Region.open("r").variables() == before


@each_kind
def test_a_variable_that_is_used_again_begins_anew(kind):
    before = kind()
    kind.change(before)
    del before
    gc.collect()

    assert kind.value(kind()) == kind.begun


@each_kind
def test_what_was_pickled_is_not_used_again(kind):
    first = kind()
    kind.change(first)
    text = pickle.dumps(first)
    del first
    gc.collect()

    others = [kind() for _ in range(5)]

    assert kind.value(pickle.loads(text)) == kind.changed
    assert [kind.value(other) for other in others] == [kind.begun] * 5


@each_kind
def test_they_are_plain_objects(kind):
    one, other = kind(), kind()
    one.label = "mine"
    seen = weakref.ref(one)

    assert one == one
    assert one != other
    assert hash(one) == object.__hash__(one)
    assert (one.label, seen()) == ("mine", one)
    assert pickle.loads(pickle.dumps(one)).label == "mine"

    one.itself = [one]
    del one
    gc.collect()

    assert seen() is None


@each_kind
def test_the_representation_shows_module_class_and_value(kind):
    class Derived(kind.make):
        pass

    for one, name in ((kind(), kind.make.__name__), (kind(cls=Derived), "Derived")):
        module = "atomos.multiprocessing.atomic"
        assert repr(one) == f"<{module}.{name}({kind.shown}) object at {hex(id(one))}>"
        assert kind.value(one) == kind.begun


@each_kind
def test_making_an_object_twice_does_not_change_what_it_stands_for(kind):
    one = kind()
    kind.change(one)

    with pytest.raises(RuntimeError, match="has been called already"):
        one.__init__(*kind.arguments)

    assert kind.value(one) == kind.changed


@each_kind
def test_an_object_whose_init_was_never_called_says_so(kind):
    class Derived(kind.make):
        def __init__(self):
            pass

    one = Derived()

    for use in (kind.value, kind.change, repr):
        with pytest.raises(RuntimeError, match="__init__ has not been called"):
            use(one)
