"""Values and keys whose special methods raise, lie, or use the object that holds them."""


class Boom(Exception):
    """Raised on purpose."""


class EqRaises:
    """Cannot be compared."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        raise Boom("==")


class EqNever:
    """Equal to nothing, itself included."""

    __hash__ = object.__hash__

    def __eq__(self, other):
        return False


class NoTruth:
    """What == of an array gives: it cannot be true or false."""

    def __bool__(self):
        raise ValueError("the truth value of an array is ambiguous")


class ArrayLike:
    """As a numpy array: == is taken element by element and has no truth value."""

    __hash__ = None

    def __eq__(self, other):
        return NoTruth()


class Hooked:
    """Equal by its tag; calls a function whenever it is compared, hashed, or tested for truth."""

    def __init__(self, tag, hook):
        self.tag = tag
        self.hook = hook

    def __eq__(self, other):
        self.hook()
        return isinstance(other, Hooked) and self.tag == other.tag

    def __hash__(self):
        self.hook()
        return hash(self.tag)

    def __repr__(self):
        return f"Hooked({self.tag!r})"


class Dying:
    """Calls a function when it is destroyed."""

    def __init__(self, hook):
        self.hook = hook

    def __del__(self):
        self.hook()


def once(function):
    """A function that does it at its first call only."""
    left = [function]

    def at_most_once(*_args):
        if left:
            left.pop()()

    return at_most_once


def raising(*_args, **_kwargs):
    """A callback that raises."""
    raise Boom("callback")
