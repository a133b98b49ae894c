"""How the values of members are found, whatever standard library and compiler there are."""

import gdb


class Unreadable(Exception):
    """What is looked for is not there: the program is in the middle of something, or damaged."""


def member(value, name):
    """The member of that name, in the value or in a base of it, at any depth."""
    pending = [value]
    while pending:
        here = pending.pop(0)
        for field in here.type.strip_typedefs().fields():
            if field.name == name and not field.is_base_class:
                return here[field]
            if field.is_base_class:
                pending.append(here[field])
    raise Unreadable(f"{value.type} has no member {name}")


def at(address, type_):
    return gdb.Value(address).cast(type_.pointer()).dereference()


def address_of(value):
    return int(value.address)


def integer(address, bytes_=8):
    return int.from_bytes(gdb.selected_inferior().read_memory(address, bytes_).tobytes(), "little")


def loaded(atomic):
    """What a std::atomic<T> holds: it begins with a T."""
    atomic_type = atomic.type.strip_typedefs()
    return at(address_of(atomic), atomic_type.template_argument(0))


def shared(pointer):
    """What a std::shared_ptr points to, or None."""
    for name in ("_M_ptr", "__ptr_"):
        try:
            found = member(pointer, name)
        except Unreadable:
            continue
        return found.dereference() if int(found) else None
    raise Unreadable(f"{pointer.type} is not known")


def items(vector):
    """The items of a std::vector."""
    for first, last in (("_M_start", "_M_finish"), ("__begin_", "__end_")):
        try:
            impl = vector["_M_impl"] if first == "_M_start" else vector
            item, end = member(impl, first), member(impl, last)
        except (Unreadable, gdb.error):
            continue
        while item != end:
            yield item.dereference()
            item += 1
        return
    raise Unreadable(f"{vector.type} is not known")


def elements(array):
    """The built-in array in a std::array."""
    return array[array.type.strip_typedefs().fields()[0]]


def text(string):
    """A std::string as Python's."""
    try:
        return string["_M_dataplus"]["_M_p"].string(length=int(string["_M_string_length"]))
    except gdb.error:
        return string.format_string().strip('"')


class OneValue:
    """Shows a value as it is shown itself, with a note in front, if there is one."""

    def __init__(self, value):
        self._value = value

    def find(self):
        """The value, and a note or ''."""
        raise NotImplementedError

    def to_string(self):
        try:
            value, note = self.find()
        except (Unreadable, gdb.MemoryError) as error:
            return f"(unreadable: {error})"
        return value if not note else note

    def children(self):
        try:
            value, note = self.find()
        except (Unreadable, gdb.MemoryError):
            return
        if note and value is not None:
            yield "value", value
