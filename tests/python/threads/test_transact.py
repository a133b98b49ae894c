"""Several variables changed at one moment, or not at all."""

import pytest

from atomos import (
    UNCHANGED,
    Atom,
    AtomicBoolean,
    AtomicFloat,
    AtomicInteger,
    AtomicReference,
    Attempt,
    SwapOptions,
    ValidationError,
    cursor,
    snapshot_all,
    transact,
    try_transact,
)
from atomos.multiprocessing.atom import Atom as ProcessAtom

from .misbehaving import ArrayLike, Boom, Dying, EqRaises, once, raising
from .together import on_another_thread

by_way = pytest.mark.parametrize(
    "options", [(), (SwapOptions(tries=2),), (SwapOptions(tries=0),)], ids=["8", "2", "held"]
)


@pytest.fixture
def accounts():
    return Atom(10), AtomicInteger(0)


@by_way
def test_all_values_are_replaced_and_returned(accounts, options):
    moved = transact(*options, lambda a, b: (a - 3, b + 3), *accounts)

    assert moved == (7, 3)
    assert snapshot_all(*accounts) == (7, 3)


@by_way
def test_the_function_gets_the_values_in_the_order_of_the_variables(options):
    variables = [AtomicReference(i) for i in range(20)]
    given = []

    def reverse(*values):
        given.append(values)
        return values[::-1]

    transact(*options, reverse, *variables)

    assert given == [tuple(range(20))]
    assert snapshot_all(*variables) == tuple(range(19, -1, -1))


@by_way
def test_every_kind_takes_part(options):
    variables = Atom("a"), AtomicReference(None), AtomicInteger(1), AtomicFloat(0.5)

    result = transact(*options, lambda a, r, i, f: (a + "b", [1], 2**80, f * 2), *variables)

    assert result == ("ab", [1], 2**80, 1.0)
    assert snapshot_all(*variables) == result


@by_way
def test_refused_nothing_has_changed_and_what_was_seen_is_returned(accounts, options):
    heard = []
    accounts[0].add_watch("log", lambda *change: heard.append(change))

    attempt = try_transact(*options, lambda a, b: UNCHANGED, *accounts)

    assert attempt == Attempt(won=False, now=(10, 0))
    assert snapshot_all(*accounts) == (10, 0)
    assert heard == []


@by_way
def test_not_refused_the_attempt_has_the_new_values(accounts, options):
    attempt = try_transact(*options, lambda a, b: (a - 3, b + 3), *accounts)

    assert type(attempt) is Attempt
    assert attempt == Attempt(won=True, now=(7, 3))


@by_way
@pytest.mark.parametrize(
    ("result", "error", "words"),
    [
        (UNCHANGED, TypeError, "returned a Unchanged; allowed: a tuple.*try_transact"),
        (None, TypeError, "returned a NoneType; allowed: a tuple"),
        ([1, 2], TypeError, "returned a list; allowed: a tuple"),
        ((1,), ValueError, "returned 1 values; allowed: .*, 2"),
        ((1, 2, 3), ValueError, "returned 3 values; allowed: .*, 2"),
        ((1, 2.5), TypeError, "AtomicInteger has to be an int, not float"),
    ],
)
def test_what_is_no_tuple_of_accepted_values_changes_nothing(
    accounts, options, result, error, words
):
    with pytest.raises(error, match=words):
        transact(*options, lambda a, b: result, *accounts)

    assert snapshot_all(*accounts) == (10, 0)
    accounts[1].set(1)


@by_way
def test_what_the_function_raises_passes_and_changes_nothing(accounts, options):
    with pytest.raises(Boom):
        transact(*options, raising, *accounts)

    assert snapshot_all(*accounts) == (10, 0)
    assert on_another_thread(lambda: accounts[1].increment_and_get()) == 1


@by_way
def test_an_interrupt_in_the_function_leaves_the_variables_to_others(accounts, options):
    def interrupted(a, b):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transact(*options, interrupted, *accounts)

    assert on_another_thread(lambda: accounts[0].reset(1)) == 1


@by_way
def test_one_refusing_validator_keeps_all_as_they_were(options):
    checked, heard = [], []
    first, second, third = Atom(1), Atom(2), AtomicInteger(3)
    first.set_validator(lambda n: checked.append(n) or True)
    second.set_validator(lambda n: n < 10)
    first.add_watch("log", lambda *change: heard.append(change))

    with pytest.raises(ValidationError):
        transact(*options, lambda *values: (5, 10, 6), first, second, third)

    assert snapshot_all(first, second, third) == (1, 2, 3)
    assert checked == [1, 5]
    assert heard == []


@by_way
def test_what_a_validator_raises_is_the_cause(options):
    strict = Atom(1)
    strict.set_validator(lambda n: n == 1 or raising())

    with pytest.raises(ValidationError) as refused:
        transact(*options, lambda n, m: (2, 2), strict, AtomicInteger())

    assert isinstance(refused.value.__cause__, Boom)
    assert strict.deref() == 1


@by_way
def test_validated_values_are_published_and_validators_stay(options):
    strict = Atom(1)
    strict.set_validator(lambda n: n > 0)

    transact(*options, lambda n, m: (7, 7), strict, AtomicInteger())

    assert strict.deref() == 7
    with pytest.raises(ValidationError):
        strict.reset(0)
    strict.set_validator(None)
    assert strict.reset(0) == 0


def test_a_change_checked_by_the_old_validator_does_not_land_under_the_new_one():
    atom, other = Atom(5), AtomicInteger()

    def old(n):
        if n == 50:
            replace()
        return True

    replace = once(lambda: atom.set_validator(lambda n: n < 10))
    atom.set_validator(old)

    with pytest.raises(ValidationError):
        transact(lambda n, m: (50, m + 1), atom, other)

    assert snapshot_all(atom, other) == (5, 0)


@by_way
def test_a_lost_race_runs_the_function_again_with_values_of_one_moment(accounts, options):
    seen = []
    interfere = once(lambda: transact(lambda a, b: (a + 1, b - 1), *accounts))

    def move(a, b):
        seen.append((a, b))
        if options != (SwapOptions(tries=0),):
            interfere()
        return a - 3, b + 3

    transact(*options, move, *accounts)

    assert seen == ([(10, 0)] if options == (SwapOptions(tries=0),) else [(10, 0), (11, -1)])
    assert sum(snapshot_all(*accounts)) == 10


def test_a_change_of_one_variable_only_is_a_lost_race_too(accounts):
    interfere = once(lambda: accounts[1].increment_and_get())

    def move(a, b):
        interfere()
        return a - 3, b + 3

    assert transact(move, *accounts) == (7, 4)


def test_a_value_that_went_and_came_back_is_no_lost_race(accounts):
    runs = []

    def move(a, b):
        runs.append(a)
        accounts[1].set(1)
        accounts[1].set(0)
        return a - 3, b + 3

    assert transact(move, *accounts) == (7, 3)
    assert runs == [10]


@by_way
def test_values_are_never_compared(options):
    values = EqRaises(), ArrayLike()
    variables = Atom(values[0]), AtomicReference(values[1])

    assert transact(*options, lambda a, b: (b, a), *variables) == values[::-1]
    assert variables[0].deref() is values[1]


@by_way
def test_what_is_replaced_dies_when_nobody_has_it_and_may_use_the_variables(options):
    died = []
    atom, count = Atom(None), AtomicInteger(0)

    def die():
        died.append((atom.deref(), count.increment_and_get()))

    atom.reset(Dying(die))

    transact(*options, lambda state, n: (None, n + 10), atom, count)

    assert died == [(None, 11)]


@by_way
def test_the_result_may_be_a_named_tuple_and_comes_back_as_a_plain_one(options):
    made = transact(*options, lambda won, now: Attempt(True, 3), AtomicBoolean(), AtomicInteger())

    assert type(made) is tuple
    assert made == (True, 3)


@by_way
def test_one_variable_is_enough(options):
    assert transact(*options, lambda n: (n + 1,), AtomicInteger(1)) == (2,)


@pytest.mark.parametrize("call", [transact, try_transact])
def test_wrong_arguments_are_errors_that_name_them(call):
    atom = Atom(1)

    with pytest.raises(TypeError, match=r"missing required argument 'fn'"):
        call()
    with pytest.raises(TypeError, match=r"missing required argument 'fn'"):
        call(SwapOptions(tries=1))
    with pytest.raises(TypeError, match="no variable"):
        call(raising)
    with pytest.raises(ValueError, match="variables 2 and 3 are the same Atom"):
        call(raising, AtomicInteger(), atom, atom)
    with pytest.raises(TypeError, match="variable 1 is a Cursor"):
        call(raising, cursor(Atom({"n": 1}), key="n"), atom)
    with pytest.raises(TypeError, match="variable 2 is a Atom that processes share"):
        call(raising, atom, ProcessAtom(1))
    with pytest.raises(TypeError):
        call(fn=raising)
    assert atom.deref() == 1


def test_a_function_may_run_transactions_of_other_variables(accounts):
    other = AtomicInteger()

    def move(a, b):
        transact(lambda n: (n + a,), other)
        return a - 1, b + 1

    transact(move, *accounts)
    transact(SwapOptions(tries=0), move, *accounts)

    assert snapshot_all(*accounts, other) == (8, 2, 19)
