"""SwapOptions: after so many lost races a function runs once more, and nobody comes between."""

import pickle
import threading

import pytest

from atomos import (
    Atom,
    AtomicInteger,
    AtomicReference,
    SwapOptions,
    ValidationError,
    WouldDeadlock,
    cursor,
    transact,
)
from atomos.multiprocessing.atom import Atom as ProcessAtom

from .kinds import KINDS
from .misbehaving import Boom, once, raising
from .together import together

TRIES = [0, 1, 2, 5]

FORMS = {
    "swap": lambda cell, options, fn: cell.swap(options, fn),
    "swap with arguments": lambda cell, options, fn: cell.swap(options, lambda n, _: fn(n), 1),
    "swap_vals": lambda cell, options, fn: cell.swap_vals(options, fn)[1],
    "update_and_get": lambda cell, options, fn: cell.update_and_get(options, fn),
    "get_and_update": lambda cell, options, fn: [cell.get_and_update(options, fn), cell.get()][1],
    "accumulate_and_get": lambda cell, options, fn: cell.accumulate_and_get(
        options, 0, lambda n, _: fn(n)
    ),
    "get_and_accumulate": lambda cell, options, fn: [
        cell.get_and_accumulate(options, 0, lambda n, _: fn(n)),
        cell.get(),
    ][1],
    "transact": lambda cell, options, fn: transact(options, lambda n: (fn(n),), cell)[0],
}
CELLS = [
    *((Atom, form) for form in FORMS if "swap" in form),
    *(
        (make, form)
        for make in (AtomicReference, AtomicInteger)
        for form in FORMS
        if "swap" not in form
    ),
]
by_form = pytest.mark.parametrize(("make", "form"), CELLS)


def written(cell, value):
    """Replaces the value, whatever it is."""
    return cell.reset(value) if isinstance(cell, Atom) else cell.set(value)


def value_of(cell):
    return cell.deref() if isinstance(cell, Atom) else cell.get()


@by_form
@pytest.mark.parametrize("tries", TRIES)
def test_a_function_that_loses_each_time_runs_once_more_than_it_may_lose(make, form, tries):
    cell = make(0)
    runs = []

    def lose(n):
        runs.append(n)
        if len(runs) <= tries:
            written(cell, n + 100)
        return n + 1

    assert FORMS[form](cell, SwapOptions(tries=tries), lose) == tries * 100 + 1
    assert runs == [n * 100 for n in range(tries + 1)]


@by_form
def test_a_function_that_loses_no_race_runs_once(make, form):
    cell = make(5)
    runs = []

    assert FORMS[form](cell, SwapOptions(tries=3), lambda n: runs.append(n) or n + 1) == 6
    assert runs == [5]
    assert value_of(cell) == 6


@by_form
def test_what_the_last_run_writes_to_its_own_variable_would_deadlock_and_changes_nothing(
    make, form
):
    cell = make(0)
    runs = []

    def write(n):
        runs.append(n)
        return written(cell, n + 1)

    with pytest.raises(WouldDeadlock, match="allowed: to read it"):
        FORMS[form](cell, SwapOptions(tries=2), write)

    assert runs == [0, 1, 2]
    assert value_of(cell) == 2
    assert written(cell, 7) == 7


@by_form
@pytest.mark.parametrize("tries", [0, 1])
def test_what_the_function_raises_passes_and_the_variable_is_free(make, form, tries):
    cell = make(5)

    with pytest.raises(Boom):
        FORMS[form](cell, SwapOptions(tries=tries), raising)

    assert written(cell, 6) == 6


def test_arguments_reach_the_function_by_position_and_by_name():
    atom, few = Atom(1), SwapOptions(tries=0)

    assert atom.swap(few, lambda n, a, *, b: n + a + b, 10, b=100) == 111
    assert atom.swap(few, fn=lambda n, b: n + b, b=1) == 112
    assert atom.swap_vals(few, lambda n, a: n + a, 1) == (112, 113)
    assert AtomicInteger(1).update_and_get(few, fn=lambda n: n + 1) == 2
    assert AtomicInteger(1).accumulate_and_get(few, x=2, fn=lambda n, x: n + x) == 3
    assert AtomicInteger(1).get_and_accumulate(few, 2, fn=lambda n, x: n + x) == 1


def test_where_the_value_before_is_wanted_it_is_returned():
    count, few = AtomicInteger(1), SwapOptions(tries=0)

    assert count.get_and_update(few, lambda n: n + 1) == 1
    assert count.get_and_accumulate(few, 5, lambda n, x: n + x) == 2
    assert count.get() == 7


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_takes_options_and_still_checks_its_values(kind):
    ref = kind.make(kind.one)

    assert ref.update_and_get(SwapOptions(tries=0), lambda value: kind.other) == kind.other
    if kind.default is not None:
        with pytest.raises(TypeError):
            ref.update_and_get(SwapOptions(tries=0), lambda value: "other")
    assert ref.get() == kind.other


@pytest.mark.parametrize("tries", [0, 1])
def test_the_validator_is_asked_and_watches_hear(tries):
    atom, heard = Atom(1), []
    atom.set_validator(lambda n: n < 10)
    atom.add_watch("log", lambda *change: heard.append(change[2:]))

    assert atom.swap(SwapOptions(tries=tries), lambda n: n + 1) == 2
    with pytest.raises(ValidationError):
        atom.swap(SwapOptions(tries=tries), lambda n: 10)

    assert heard == [(1, 2)]
    assert atom.deref() == 2


def test_a_watch_hears_after_the_variable_is_free_again():
    atom = Atom(1)
    atom.add_watch("once", once(lambda: atom.swap(lambda n: n * 10)))

    assert atom.swap(SwapOptions(tries=0), lambda n: n + 1) == 2

    assert atom.deref() == 20


def test_the_function_of_a_cursor_is_bounded_too():
    state = Atom({"n": 0, "m": 0})
    part, runs = cursor(state, key="n"), []

    def lose(n):
        runs.append(n)
        if len(runs) <= 2:
            state.swap(lambda s: {**s, "m": s["m"] + 1})
        return n + 1

    assert part.swap(SwapOptions(tries=2), lose) == 1
    assert part.swap_vals(SwapOptions(tries=0), lambda n, by: n + by, 5) == (1, 6)

    assert runs == [0, 0, 0]
    assert state.deref() == {"n": 6, "m": 2}
    with pytest.raises(TypeError, match="missing required argument 'fn'"):
        part.swap(SwapOptions(tries=2))


def test_processes_take_none_and_say_why():
    atom = ProcessAtom(1)

    for swap in (atom.swap, atom.swap_vals, cursor(ProcessAtom({"n": 1}), key="n").swap):
        with pytest.raises(TypeError, match="killed while it holds the others off"):
            swap(SwapOptions(tries=1), lambda n: n + 1)

    assert atom.deref() == 1


@pytest.mark.parametrize(
    ("tries", "error", "words"),
    [
        (-1, ValueError, r"SwapOptions.tries is -1; allowed: 0 and more"),
        (1.0, TypeError, r"SwapOptions.tries has to be an int, not float"),
        ("1", TypeError, r"not str"),
        (None, TypeError, r"not NoneType"),
    ],
)
def test_tries_are_a_count(tries, error, words):
    with pytest.raises(error, match=words):
        SwapOptions(tries)


def test_more_tries_than_a_machine_counts_are_very_many():
    assert Atom(1).swap(SwapOptions(tries=2**200), lambda n: n + 1) == 2


def test_options_are_values():
    few = SwapOptions(tries=3)

    assert few == SwapOptions(3)
    assert hash(few) == hash(SwapOptions(3))
    assert few.tries == 3
    assert repr(few) == "SwapOptions(tries=3)"
    assert pickle.loads(pickle.dumps(few)) == few
    with pytest.raises(AttributeError):
        few.tries = 4
    with pytest.raises(TypeError):
        SwapOptions()


def test_a_tuple_that_can_be_called_is_a_function_still():
    class Adder(tuple):
        """Adds its first item."""

        def __call__(self, n, *more):
            return n + self[0] + sum(more)

    assert Atom(1).swap(Adder([10])) == 11
    assert Atom(1).swap(Adder([10]), 100) == 111
    assert AtomicInteger(1).update_and_get(Adder([10])) == 11
    assert AtomicInteger(1).accumulate_and_get(3, Adder([10])) == 14


def test_sixteen_rivals_that_never_stop_leave_each_function_its_bound():
    cell, bound, over = Atom(0), 3, threading.Event()
    longest, swaps = [], 300

    def swapping():
        for _ in range(swaps):
            runs = []
            cell.swap(SwapOptions(tries=bound), lambda n, runs=runs: runs.append(1) or n + 1)
            longest.append(len(runs))

    def resetting():
        while not over.is_set():
            cell.swap(lambda n: n)

    def all_swapping():
        together(*[swapping] * 8)
        over.set()

    together(all_swapping, *[resetting] * 8)

    assert max(longest) <= bound + 1
    assert cell.deref() == 8 * swaps
