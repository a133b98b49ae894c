"""References and atoms beside a plain variable, with handles that come and go."""

import pickle

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

import atomos
from atomos.multiprocessing.atom import Atom
from atomos.multiprocessing.atomic import AtomicReference

values = st.one_of(
    st.integers(-2, 2),
    st.text(max_size=3),
    st.lists(st.integers(0, 2), max_size=3),
    st.integers(0, 3).map(lambda n: b"x" * 10**n),
)


class References(RuleBasedStateMachine):
    """Several handles of one AtomicReference, and the value that it must have."""

    handles = Bundle("handles")

    @initialize(target=handles, value=values)
    def begin(self, value):
        self.model = value
        self.last = AtomicReference(value)
        return self.last

    @rule(target=handles, handle=handles)
    def travel(self, handle):
        return pickle.loads(pickle.dumps(handle))

    @rule(handle=handles, value=values)
    def set(self, handle, value):
        assert handle.set(value) is value
        self.model = value

    @rule(handle=handles, value=values)
    def get_and_set(self, handle, value):
        assert handle.get_and_set(value) == self.model
        self.model = value

    @rule(handle=handles, expect=values, update=values)
    def compare_and_exchange(self, handle, expect, update):
        won = expect == self.model
        self.model = update if won else self.model
        assert handle.compare_and_exchange(expect, update) == (won, self.model)

    @rule(handle=handles, update=values)
    def compare_with_what_was_read(self, handle, update):
        assert handle.compare_and_set(handle.get(), update)
        self.model = update

    @rule(handle=handles, value=values)
    def update(self, handle, value):
        old, self.model = self.model, [value]
        assert handle.get_and_update(lambda v: [value]) == old

    @rule(handle=handles, refuse=st.booleans(), value=values)
    def try_update(self, handle, refuse, value):
        if not refuse:
            self.model = value
        met = handle.try_update(lambda v: atomos.UNCHANGED if refuse else value)
        assert met == (not refuse, self.model)

    @rule(handle=handles)
    def fail(self, handle):
        with pytest.raises(ZeroDivisionError):
            handle.update_and_get(lambda v: 1 // 0)

    @invariant()
    def stands(self):
        if hasattr(self, "last"):
            assert self.last.get() == self.model
            assert type(self.last.get()) is type(self.model)


class Atoms(RuleBasedStateMachine):
    """An Atom with a watch and a validator, its version, and what each change must tell."""

    @initialize(value=values)
    def begin(self, value):
        self.atom = Atom(value)
        self.model = value
        self.told = []
        self.version = self.atom.version()
        self.atom.add_watch("w", lambda key, ref, old, new: self.told.append((old, new)))

    def becomes(self, value):
        """One change, told once, with a version of its own."""
        assert self.told == [(self.model, value)]
        assert self.atom.version() > self.version
        self.told.clear()
        self.model, self.version = value, self.atom.version()

    @rule(value=values)
    def reset(self, value):
        assert self.atom.reset(value) == value
        self.becomes(value)

    @rule(value=values)
    def swap(self, value):
        assert self.atom.swap(lambda old, new: [new], value) == [value]
        self.becomes([value])

    @rule(value=values)
    def swap_vals(self, value):
        assert self.atom.swap_vals(lambda old, *, new: new, new=value) == (self.model, value)
        self.becomes(value)

    @rule(expect=values, update=values)
    def compare_and_set(self, expect, update):
        won = expect == self.model
        assert self.atom.compare_and_set(expect, update) == won
        if won:
            self.becomes(update)

    @rule()
    def leave(self):
        assert self.atom.try_swap(lambda v: atomos.UNCHANGED) == (False, self.model)

    @rule(value=values)
    def be_refused(self, value):
        self.atom.set_validator(lambda candidate: candidate == self.model)
        if value != self.model:
            for change in (lambda: self.atom.reset(value), lambda: self.atom.swap(lambda v: value)):
                with pytest.raises(atomos.ValidationError):
                    change()
        self.atom.set_validator(None)

    @invariant()
    def stands(self):
        if hasattr(self, "atom"):
            assert self.atom.deref() == self.model
            assert self.told == []
            assert self.atom.version() == self.version


TestReferences = References.TestCase
TestAtoms = Atoms.TestCase
