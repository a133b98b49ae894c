"""Values that travel, and values that misbehave on the way."""

import itertools


class Boom(Exception):
    """Raised on purpose."""


class Plain:
    """Picklable, without == of its own."""

    def __init__(self, tag=None):
        self.tag = tag


class Equal:
    """Equal by its tag."""

    __hash__ = None

    def __init__(self, tag):
        self.tag = tag

    def __eq__(self, other):
        return isinstance(other, Equal) and self.tag == other.tag

    def __repr__(self):
        return f"Equal({self.tag!r})"


class EqRaises(Plain):
    """Cannot be compared."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        raise Boom("==")


class EqNever(Plain):
    """Equal to nothing, itself included."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        return False


class NoTruth:
    """What == of an array gives: neither true nor false."""

    def __bool__(self):
        raise Boom("the truth value is ambiguous")


class ArrayLike(Plain):
    """Compared element by element, as a numpy array."""

    __hash__ = None

    def __eq__(self, other):
        return NoTruth()


class Unpicklable:
    """Raises when it is to travel."""

    def __reduce__(self):
        raise Boom("__reduce__")


class Unloadable:
    """Travels, but raises when it arrives."""

    def __reduce__(self):
        return boom, ("arrived",)


def boom(*args, **_options):
    """A callback that raises."""
    raise Boom(*args)


hooks = {}
noises = itertools.count()


def hook(name):
    """Calls the function that a test has put in, once: what it does may come here again."""
    function = hooks.pop(name, None)
    if function is not None:
        function()


class Hooked:
    """Calls hooks of this process when it is pickled, unpickled and compared. Equal by its tag."""

    __hash__ = None

    def __init__(self, tag):
        self.tag = tag
        self.noise = next(noises)  # so that no two of them have the same pickle

    def __getstate__(self):
        hook("getstate")
        return {"tag": self.tag, "noise": self.noise}

    def __setstate__(self, state):
        self.__dict__.update(state)
        hook("setstate")

    def __eq__(self, other):
        hook("eq")
        return isinstance(other, Hooked) and self.tag == other.tag

    def __repr__(self):
        return f"Hooked({self.tag!r})"
