"""Adders and accumulators: a word for each thread, or a few for all processes; summed up here."""

import struct

from . import threads
from .memory import elements, integer, loaded, member
from .processes import UNIT, look


def words(own):
    """The addresses of all threads' words (detail/slab.hpp)."""
    number = int(own["number_"])
    if not number:
        return
    row = own["slabs_"].referenced_value()["first"]
    while True:
        slabs = elements(row["slabs"])
        first, last = slabs.type.strip_typedefs().range()
        for i in range(first, last + 1):
            slab = int(loaded(slabs[i]))
            if not slab:
                return
            yield slab + 8 * number
        following = loaded(row["next"])
        if not int(following):
            return
        row = following.dereference()


STRIPES = 16


def stripes(own):
    """The words that stand in a region (process/stripes.hpp)."""
    first = int(own["words_"])
    return [integer(first + UNIT * i) for i in range(STRIPES)]


def has(value, name):
    return name in value.type.strip_typedefs().keys()


def as_double(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


class LongAdder:
    def __init__(self, value):
        self._sum = value["sum_"]

    def to_string(self):
        own = self._sum
        if has(own, "stripes_"):
            total = sum(stripes(own["stripes_"])) - int(look(own["base_"])[0])
        else:
            total = int(loaded(own["shared_"])) + sum(map(integer, words(own["words_"])))
            base = loaded(own["base_"])
            if int(base):
                total -= int(threads.look(base.dereference())[0])
        total &= 2**64 - 1
        return str(total - 2**64 if total >> 63 else total)


class DoubleAdder:
    def __init__(self, value):
        self._sum = value["sum_"]

    def to_string(self):
        if has(self._sum, "parts_"):
            row = self._sum["parts_"]
            slots = [row["slots_"][i]["variable"] for i in range(int(row["length_"]))]
            sums = [look(slot)[0] for slot in slots]
            return repr(sum(float(one[word]) for one in sums for word in ("sum", "rest")))
        parts = [as_double(int(loaded(self._sum["shared_"])))]
        for line in words(self._sum["words_"]):
            head = integer(line)
            if head & 1:
                place = line + (32 if head & 2 else 16)
                parts += [as_double(integer(place)), as_double(integer(place + 8))]
        return repr(sum(parts))


class Accumulator:
    """What each thread has gathered; the function that brings it together is not called here."""

    def __init__(self, value):
        self._fold = member(value, "fold_")

    def to_string(self):
        return f"an accumulator, identity {self._fold['identity_']}"

    def children(self):
        identity = self._fold["identity_"]
        bits = integer(int(identity.address), identity.type.sizeof)
        if has(self._fold, "stripes_"):
            gathered = [word ^ bits for word in stripes(self._fold["stripes_"])]
        else:
            own = self._fold
            gathered = [int(loaded(own["shared_"])), *map(integer, words(own["words_"]))]
        part_type = identity.type.unqualified()
        for i, word in enumerate(w for w in gathered if w):
            raw = (word ^ bits).to_bytes(8, "little")
            value = as_double(word ^ bits) if "double" in str(part_type) else int.from_bytes(
                raw, "little", signed=True)
            yield f"[{i}]", value

    def display_hint(self):
        return "array"


PRINTERS = [
    (r"atomos::BasicLongAdder", LongAdder),
    (r"atomos::BasicDoubleAdder", DoubleAdder),
    (r"atomos::Accumulator", Accumulator),
]
