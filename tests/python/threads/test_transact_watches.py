"""Watches of a transaction: of each atom, after all is committed."""

import sys

import pytest

from atomos import Atom, AtomicInteger, SwapOptions, snapshot_all, transact

from .misbehaving import Boom, raising

by_way = pytest.mark.parametrize("options", [(), (SwapOptions(tries=0),)], ids=["8", "held"])


@by_way
def test_each_watch_hears_its_atom_and_sees_all_that_is_new(options):
    first, second, count = Atom(1), Atom(2), AtomicInteger(3)
    heard = []

    def tell(key, ref, old, new):
        heard.append((key, ref, old, new, snapshot_all(first, second, count)))

    first.add_watch("a", tell)
    second.add_watch("b", tell)

    transact(*options, lambda *values: (10, 20, 30), second, first, count)

    after = (20, 10, 30)
    assert heard == [("b", second, 2, 10, after), ("a", first, 1, 20, after)]


@by_way
def test_all_watches_of_all_atoms_run_and_what_several_raise_is_gathered(options):
    first, second, third = Atom(1), Atom(2), Atom(3)
    heard = []
    first.add_watch("raises", raising)
    first.add_watch("raises too", raising)
    second.add_watch("hears", lambda *change: heard.append(change[2:]))
    third.add_watch("raises", raising)

    with pytest.raises(BaseException) as raised:
        transact(*options, lambda *values: (10, 20, 30), first, second, third)

    error = raised.value
    if sys.version_info >= (3, 11):
        assert isinstance(error, ExceptionGroup)
        assert [type(one) for one in error.exceptions] == [Boom, Boom, Boom]
    else:
        assert isinstance(error, Boom)
        assert [type(one) for one in error.watch_errors] == [Boom, Boom]
    assert heard == [(2, 20)]
    assert snapshot_all(first, second, third) == (10, 20, 30)


@by_way
def test_what_one_watch_raises_is_raised_as_it_is(options):
    first, second = Atom(1), Atom(2)
    second.add_watch("raises", raising)

    with pytest.raises(Boom):
        transact(*options, lambda *values: (10, 20), first, second)

    assert snapshot_all(first, second) == (10, 20)


@by_way
def test_a_subclass_is_told_by_its_own_notify_watches(options):
    class Told(Atom):
        """Hears by itself."""

        def notify_watches(self, oldval, newval):
            heard.append((self, oldval, newval))

    heard = []
    first, second = Told(1), Told(2)

    transact(*options, lambda *values: (10, 20), first, second)

    assert heard == [(first, 1, 10), (second, 2, 20)]


@by_way
def test_a_watch_may_write_to_every_variable_of_the_transaction(options):
    first, second = Atom(1), AtomicInteger(2)
    first.add_watch("adds", lambda key, ref, old, new: second.add_and_get(new))

    assert transact(*options, lambda a, b: (10, 20), first, second) == (10, 20)

    assert second.get() == 30


@by_way
def test_an_unchanged_value_is_told_as_a_swap_tells_it(options):
    first, second = Atom(1), Atom(2)
    heard = []
    first.add_watch("log", lambda *change: heard.append(change[2:]))

    transact(*options, lambda a, b: (a, b + 1), first, second)

    assert heard == [(1, 1)]
