"""Transactions and bounded changes against a plain model: a list of values."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from atomos import (
    UNCHANGED,
    Atom,
    AtomicInteger,
    AtomicNumber,
    AtomicReference,
    SwapOptions,
    TryOptions,
    ValidationError,
    WouldDeadlock,
    snapshot_all,
    transact,
    try_transact,
)

from .misbehaving import Boom
from .model import check

MAKERS = [Atom, AtomicInteger, AtomicReference, AtomicNumber, Atom]
LIMIT = 2**66
"""What validators allow at most."""

PLACES = st.lists(st.sampled_from(range(len(MAKERS))), min_size=1, max_size=5, unique=True)
VALUES = st.sampled_from([0, 1, -1, 300, 2**29, 2**30, 2**61, -(2**62), 2**63, 2**65, 2**67])
TRIES = st.sampled_from([None, 0, 1, 8])
ENDS = st.sampled_from(["values", "values", "values", "refuse", "raise", "few", "list", "str"])


class Transactions(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.real = [make(0) for make in MAKERS]
        self.model = [0] * len(MAKERS)
        self.heard, self.expected = [], []
        for place in self.atoms():
            self.real[place].add_watch(
                place, lambda key, ref, old, new: self.heard.append((key, old, new))
            )
        self.strict = set()

    def atoms(self):
        return [place for place, make in enumerate(MAKERS) if make is Atom]

    @invariant()
    def all_values_are_those_of_the_model(self):
        assert snapshot_all(*self.real) == tuple(self.model)
        assert [
            cell.deref() if isinstance(cell, Atom) else cell.get() for cell in self.real
        ] == self.model

    @invariant()
    def each_watch_has_heard_each_change_of_its_atom_in_order(self):
        assert self.heard == self.expected

    def commit(self, place, value):
        if place in self.atoms():
            self.expected.append((place, self.model[place], value))
        self.model[place] = value

    def allows(self, place, value):
        return place not in self.strict or value <= LIMIT

    @rule(places=PLACES, deltas=st.lists(VALUES, min_size=5, max_size=5), tries=TRIES, end=ENDS)
    def transact(self, places, deltas, tries, end):
        seen, options = [], [] if tries is None else [SwapOptions(tries)]
        before = tuple(self.model[place] for place in places)
        after = tuple(value + by for value, by in zip(before, deltas, strict=False))

        def change(*values):
            seen.append(values)
            if end == "raise":
                raise Boom
            return {
                "refuse": UNCHANGED,
                "few": after[1:],
                "list": list(after),
                "str": ("text",) * len(after),
            }.get(end, after)

        cells = [self.real[place] for place in places]
        try:
            ended = try_transact(*options, change, *cells)
        except (Boom, TypeError, ValueError) as error:
            ended = type(error)

        integer = 1 in places
        if end == "values" and all(map(self.allows, places, after)):
            assert ended == (True, after)
            for place, value in zip(places, after, strict=True):
                self.commit(place, value)
        elif end == "values":
            assert ended is ValidationError
        elif end == "str" and not integer:
            self.undo_text(places, ended)
        else:
            assert ended == {
                "refuse": (False, before),
                "raise": Boom,
                "few": ValueError,
                "list": TypeError,
                "str": TypeError,
            }[end]
        assert set(seen) == {before}

    def undo_text(self, places, ended):
        """Text is stored by what takes it; validators refuse it by what < raises."""
        if self.strict.intersection(places):
            assert ended is ValidationError
            return
        assert ended == (True, ("text",) * len(places))
        for place in places:
            self.commit(place, "text")
        assert transact(lambda *values: (0,) * len(places), *(self.real[i] for i in places))
        for place in places:
            self.commit(place, 0)

    @rule(place=st.sampled_from(range(len(MAKERS))), by=VALUES, tries=TRIES)
    def add(self, place, by, tries):
        cell, options = self.real[place], [] if tries is None else [SwapOptions(tries)]
        change = cell.swap if isinstance(cell, Atom) else cell.update_and_get
        value = self.model[place] + by
        try:
            assert change(*options, lambda n: n + by) == value
        except ValidationError:
            assert not self.allows(place, value)
        else:
            assert self.allows(place, value)
            self.commit(place, value)

    @rule(place=st.sampled_from(range(len(MAKERS))), value=VALUES)
    def write_to_what_is_held(self, place, value):
        cell = self.real[place]

        def write(*values):
            try:
                cell.reset(value) if isinstance(cell, Atom) else cell.set(value)
            except (WouldDeadlock, ValidationError) as error:
                raised.append(type(error))
            return UNCHANGED

        raised = []
        other = self.real[place - 1]
        assert not try_transact(SwapOptions(0), write, cell, other).won
        assert raised == [WouldDeadlock if self.allows(place, value) else ValidationError]

    @rule(place=st.sampled_from(range(len(MAKERS))), by=VALUES)
    def try_once(self, place, by):
        cell = self.real[place]
        attempt = cell.try_swap if isinstance(cell, Atom) else cell.try_update
        value = self.model[place] + by
        if not self.allows(place, value):
            return
        assert attempt(TryOptions(tries=1), lambda n: n + by) == (True, value)
        self.commit(place, value)

    @rule(place=st.sampled_from([0, 4]))
    def limit(self, place):
        try:
            self.real[place].set_validator(lambda value: value <= LIMIT)
            self.strict.add(place)
        except ValidationError:
            assert self.model[place] > LIMIT

    @rule(place=st.sampled_from([0, 4]))
    def unlimit(self, place):
        self.real[place].set_validator(None)
        self.strict.discard(place)


def test_transactions_are_those_of_a_list_of_values(seed):
    check(Transactions, seed)
