"""Variables of the thread scope: numbers, references, atoms, snapshots, arrays, views, cursors."""

import gdb

from .memory import (OneValue, Unreadable, address_of, at, integer, items, loaded, member, shared,
                     text)

# detail/node.hpp: a node is {version, count, next, destroy}, and then its value.
NODE = 32
# The low bits of a cell's word are marks; this one says that a change is pending (detail/pending.hpp).
MARKS = 15
PENDING = 8


def value_in(node, value_type):
    """The value behind a node's head: the next place that is aligned for it."""
    align = value_type.alignof
    return at(node + (NODE + align - 1) // align * align, value_type)


def standing_node(word_address):
    """The node that stands in a cell, and whether a change is pending."""
    word = integer(word_address)
    node = word & ~MARKS
    if not word & PENDING:
        return node, False
    pending = at(node, gdb.lookup_type("atomos::detail::Pending"))
    part_type = gdb.lookup_type("atomos::detail::Part")
    committed = "committed" in str(loaded(pending["decision"]))
    for i in range(int(pending["size"])):
        part = at(node + pending.type.sizeof + i * part_type.sizeof, part_type)
        if int(part["word"]) == word_address:
            return int(part["next"] if committed else part["old"]), True
    raise Unreadable("a pending change that does not know this cell")


def look(cell):
    """A cell's value, its version, and whether a change is pending."""
    value_type = cell.type.strip_typedefs().template_argument(0)
    node, pending = standing_node(address_of(cell["word_"]))
    if not node:
        raise Unreadable("a cell that is not made yet, or has ended")
    return value_in(node, value_type), integer(node), pending


def cell_of(value):
    return member(value, "cell_")


def scope_of(cell):
    return cell.type.strip_typedefs().name.split("::")[1]


def look_at(cell):
    """As look(), for a cell of any scope that is known."""
    if scope_of(cell) == "process":
        from .processes import look as look_in_region
        return look_in_region(cell)
    if scope_of(cell) == "thread":
        return look(cell)
    raise Unreadable(f"a cell of type {cell.type}")


def note_of(version, pending):
    return f"version {version}" + (", a change is pending" if pending else "")


class Number(OneValue):
    """AtomicNumber, AtomicBoolean."""

    def find(self):
        number = member(self._value, "number_")
        if number.type.strip_typedefs().name.startswith("atomos::process::"):
            from .processes import number as number_in_region
            return number_in_region(number), ""
        return loaded(member(number, "word_")), ""


class View(OneValue):
    """AtomicView: what it looks at."""

    def find(self):
        return member(member(member(self._value, "forms_"), "number_"), "owned_").dereference(), ""


class Reference(OneValue):
    """AtomicReference: its value and version."""

    def find(self):
        value, version, pending = look_at(cell_of(self._value))
        return value, note_of(version, pending)


def watches_of(ref):
    """The keys of an ARef's watches."""
    attached = loaded(member(ref, "attached_"))
    if not int(attached):
        return []
    found, _, _ = look_at(cell_of(member(attached.dereference()["watches"], "list_")))
    return [text(member(shared(watch), "key")) for watch in items(found)]


class ARef:
    """An ARef by itself: its watches."""

    def __init__(self, value):
        self._value = value

    def to_string(self):
        keys = watches_of(self._value)
        return f"{len(keys)} watches: {', '.join(keys)}" if keys else "no watches"


class Atom(Reference):
    """Atom: its value and version, and who watches."""

    def find(self):
        value, note = super().find()
        keys = watches_of(self._value)
        return value, note + (f", watched by {', '.join(keys)}" if keys else "")


class Snapshot(OneValue):
    def find(self):
        node = int(self._value["node_"])
        if not node:
            return None, "(empty)"
        value_type = self._value.type.strip_typedefs().template_argument(0)
        return value_in(node, value_type), note_of(integer(node), False)


class Tagged:
    """AtomicStampedReference, AtomicMarkableReference: the value and its stamp or mark."""

    def __init__(self, value):
        self._value = value

    def to_string(self):
        _, version, pending = look_at(cell_of(member(self._value, "variable_")))
        return note_of(version, pending)

    def children(self):
        now, _, _ = look_at(cell_of(member(self._value, "variable_")))
        for field in now.type.fields():
            yield field.name.rstrip("_"), now[field]


class Array:
    def __init__(self, value):
        self._row = member(value, "row_")
        self._length = int(member(self._row, "length_"))

    def to_string(self):
        return f"{self._length} elements"

    def children(self):
        slots = member(self._row, "slots_")
        for i in range(self._length):
            yield f"[{i}]", (slots + i).dereference()["variable"]

    def display_hint(self):
        return "array"


class PartSnapshot(OneValue):
    """What a cursor's deref() gives: a part that stands in a whole, or by itself."""

    def find(self):
        place = self._value["part_"]
        place_type = place.type.strip_typedefs()
        if "PartInside" not in place_type.name:
            return place["part_"], "a part"
        whole = whole_of(self._value)
        if whole is None:
            return None, "(empty)"
        begin = address_of(whole) if place["moves_"] else 0
        return at(begin + int(place["at_"]), place_type.template_argument(0)), "a part"


def whole_of(part):
    """The value that a part's snapshot keeps alive."""
    whole = part["whole_"]
    name = whole.type.strip_typedefs().name
    if name.startswith("atomos::detail::PartSnapshot"):
        return PartSnapshot(whole).find()[0]
    if name.startswith("atomos::process::"):
        from .processes import Snapshot as SnapshotOfRegion
        return SnapshotOfRegion(whole).find()[0]
    return Snapshot(whole).find()[0]


class Cursor:
    """Cursor: what it is a part of."""

    def __init__(self, value):
        self._value = value

    def to_string(self):
        return "a part of"

    def children(self):
        source = self._value["source_"]["source_"]
        yield "whole", source.dereference() if source.type.code == gdb.TYPE_CODE_PTR else source


PRINTERS = [
    (r"atomos::(AtomicNumber|BasicAtomicBoolean)", Number),
    (r"atomos::AtomicView", View),
    (r"atomos::AtomicReference", Reference),
    (r"atomos::Atom", Atom),
    (r"atomos::ARef", ARef),
    (r"atomos::Snapshot", Snapshot),
    (r"atomos::Atomic(Stamped|Markable)Reference", Tagged),
    (r"atomos::BasicAtomicArray", Array),
    (r"atomos::detail::PartSnapshot", PartSnapshot),
    (r"atomos::Cursor", Cursor),
]
