"""Atom and AtomicReference against plain models: states, watches, validators, and what raises."""

import math

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from atomos import UNCHANGED, ValidationError
from atomos.atom import Atom
from atomos.atomic import AtomicReference

from .misbehaving import Boom, EqNever, EqRaises
from .model import check, outcome

OBJECTS = [
    None,
    0,
    1,
    True,
    1.0,
    math.nan,
    "a",
    (1,),
    [1],
    [1],
    {},
    EqNever(),
    EqRaises(),
    UNCHANGED,
]
STATES = st.sampled_from(OBJECTS)
KEYS = st.sampled_from(["a", "b", 1, 1.0, True, None, ()])
BEHAVIOURS = st.sampled_from(["hear", "hear", "raise", "number"])


def matches(current, expect):
    """What a comparison should say, or raise."""
    return current is expect or bool(current == expect)


class References(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.real = AtomicReference()
        self.model = None

    @invariant()
    def the_very_object_is_held(self):
        assert self.real.get() is self.model

    @rule(value=STATES)
    def put(self, value):
        assert self.real.set(value) is value
        self.model = value

    @rule(value=STATES)
    def exchange(self, value):
        assert self.real.get_and_set(value) is self.model
        self.model = value

    @rule(expect=STATES, update=STATES)
    def compare(self, expect, update):
        expected = outcome(matches, self.model, expect)
        assert outcome(self.real.compare_and_set, expect, update) == expected
        if expected == ("returned", True):
            self.model = update

    @rule(value=STATES, fails=st.booleans(), old=st.booleans())
    def update(self, value, fails, old):
        def function(current):
            assert current is self.model
            if fails:
                raise Boom("update")
            return value

        found = outcome(self.real.get_and_update if old else self.real.update_and_get, function)
        if fails:
            assert found == ("raised", Boom)
        else:
            assert found[1] is (self.model if old else value)
            self.model = value


class Atoms(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.real = Atom(0)
        self.model = 0
        self.watches = {}
        self.refused = None
        self.heard = []

    @invariant()
    def state_watches_and_validator_are_those_of_the_model(self):
        assert self.real.deref() is self.model
        assert self.real.read(lambda state: state is self.model)
        assert list(self.real.get_watches().items()) == list(self.watches.items())
        assert (self.real.get_validator() is None) is (self.refused is None)

    @rule(key=KEYS, behaviour=BEHAVIOURS)
    def add_watch(self, key, behaviour):
        def watch(key, ref, old, new):
            assert ref is self.real
            self.heard.append((key, old, new))
            if behaviour == "raise":
                raise Boom("watch")

        watch.raises = behaviour == "raise"
        fn = 42 if behaviour == "number" else watch
        self.real.add_watch(key, fn)
        self.watches[key] = fn

    @rule(key=KEYS)
    def remove_watch(self, key):
        self.real.remove_watch(key)
        self.watches.pop(key, None)

    @rule(refused=STATES, none=st.booleans())
    def set_validator(self, refused, none):
        if none:
            self.real.set_validator(None)
            self.refused = None
            return
        found = outcome(self.real.set_validator, lambda state: state is not refused)
        if self.model is refused:
            assert found == ("raised", ValidationError)
        else:
            assert found == ("returned", None)
            self.refused = (refused,)

    def expect(self, function, lands, candidate, answer):
        """Calls, and checks the answer, the state, and what the watches were told."""
        self.heard.clear()
        old, told = self.model, []
        error = None
        if self.refused is not None and candidate is self.refused[0]:
            error = ValidationError
        elif lands:
            self.model = candidate
            calls = [(key, fn) for key, fn in self.watches.items() if callable(fn)]
            told = [(key, old, candidate) for key, _ in calls]
            raised = sum(fn.raises for _, fn in calls)
            error = Boom if raised else None
        kind, found = outcome(function)
        if error is None:
            assert kind == "returned"
            assert same(found, answer)
        else:
            assert kind == "raised"
            assert issubclass(found, error) or "Group" in found.__name__
        assert len(self.heard) == len(told)
        for heard, expected in zip(self.heard, told, strict=True):
            assert all(map(same, heard, expected))

    @rule(value=STATES, pair=st.booleans())
    def reset(self, value, pair):
        if pair:
            self.expect(lambda: self.real.reset_vals(value), True, value, (self.model, value))
        else:
            self.expect(lambda: self.real.reset(value), True, value, value)

    @rule(value=STATES, pair=st.booleans())
    def swap(self, value, pair):
        def mutator(state, new, *, more):
            assert state is self.real.deref()
            assert more == 1
            return new

        swap = self.real.swap_vals if pair else self.real.swap
        answer = (self.model, value) if pair else value
        self.expect(lambda: swap(mutator, value, more=1), True, value, answer)

    @rule(value=STATES)
    def try_swap(self, value):
        attempt = lambda: self.real.try_swap(lambda _: value)  # noqa: E731
        if value is UNCHANGED:
            assert same(outcome(attempt), ("returned", (False, self.model)))
        else:
            self.expect(attempt, True, value, (True, value))

    @rule(name=st.sampled_from(["swap", "swap_vals", "try_swap", "read"]))
    def raises(self, name):
        def mutator(_):
            raise Boom("mutator")

        assert outcome(getattr(self.real, name), mutator) == ("raised", Boom)

    @rule(expect=STATES, value=STATES, pair=st.booleans())
    def compare(self, expect, value, pair):
        kind, matched = outcome(matches, self.model, expect)
        if kind == "raised" and not (self.refused and value is self.refused[0]):
            assert outcome(self.real.compare_and_set, expect, value) == (kind, matched)
        elif kind == "returned":
            call = self.real.compare_and_exchange if pair else self.real.compare_and_set
            answer = (matched, value if matched else self.model) if pair else matched
            self.expect(lambda: call(expect, value), matched, value, answer)


def same(a, b):
    """The same object, or tuples of the same objects."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a is b


def test_every_sequence_of_operations_on_a_reference_ends_as_on_a_plain_variable(seed):
    check(References, seed)


def test_every_sequence_of_operations_on_an_atom_ends_as_on_its_model(seed):
    check(Atoms, seed)
