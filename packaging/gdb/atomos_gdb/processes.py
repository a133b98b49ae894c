"""Variables of the process scope: what stands in a region."""

import gdb

from .memory import OneValue, Unreadable, address_of, at, integer, shared

# process/slots.hpp: a head is {block, low bits of its version}; a block is {stamp, place, version,
# checksum} and then the value's bytes, the length of which is in the lower half of its place.
UNIT = 64
VERSION_BITS = 38
BLOCK = 32


def is_plain(value_type):
    """Whether its bytes are the value. GDB does not know: what has members of its own kind does."""
    t = value_type.strip_typedefs()
    if t.code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_FLT, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_ENUM,
                  gdb.TYPE_CODE_CHAR):
        return True
    if t.code == gdb.TYPE_CODE_ARRAY:
        return is_plain(t.target())
    if t.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return all(is_plain(f.type) for f in t.fields() if hasattr(f, "bitpos"))
    return False


def look(cell):
    """The value of a cell in a region, its version, and False."""
    place = cell["place_"]
    value_type = cell.type.strip_typedefs().template_argument(0)
    head = integer(int(place["line_"]))
    block = int(place["base_"]) + (head >> VERSION_BITS) * UNIT
    version = integer(block + 16)
    if (head ^ version) & ((1 << VERSION_BITS) - 1):
        raise Unreadable("a block that is being written")
    if is_plain(value_type):
        return at(block + BLOCK, value_type), version, False
    length = integer(block + 8) & 0xFFFFFFFF
    bytes_ = gdb.lookup_type("unsigned char").array(max(length, 1) - 1)
    return at(block + BLOCK, bytes_), version, False


def number(found):
    """The value of a number's word."""
    value_type = found.type.strip_typedefs().template_argument(0)
    home = found["at_"] if "at_" in found.type.strip_typedefs().keys() else found
    return at(int(home["word_"]), value_type)


class Snapshot(OneValue):
    def find(self):
        standing = self._value["standing_"]
        version = int(standing["version"])
        if int(standing["head"]["word"]) == 0:
            return None, "(empty)"
        value_type = self._value.type.strip_typedefs().template_argument(0)
        holder = self._value["value_"]
        note = f"version {version}"
        if "InlineValue" in holder.type.strip_typedefs().name:
            return at(address_of(holder["bytes_"]), value_type), note
        held = shared(holder["value_"])
        return (None, "(empty)") if held is None else (at(address_of(held), value_type), note)


PRINTERS = [(r"atomos::process::Snapshot", Snapshot)]
