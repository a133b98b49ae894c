/// \file
/// Looking at a pickle in shared memory, and replacing it.

#include <new>

#include "process_reference.hpp"

namespace atomos::python {
namespace {

using process::Block;
using process::Head;
using process::Place;
using process::Standing;

/// Copies what a head names. False: it was written meanwhile, or is damaged.
bool copy(const Place& place, Head head, Seen& into) {
    process::Memory& memory = *place.memory();
    std::uint64_t sum = 0;
    const auto version = place.look<sizeof(Block)>(head, [&](const Block& from) {
        const std::size_t length = Block::length_in(from.place.load(std::memory_order_relaxed));
        if (!memory.within(head.block(), Block::header + length)) return false;
        into.bytes =
            Ref::taken(PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(length)));
        if (!into.bytes) throw std::bad_alloc();
        sum = from.checksum.load(std::memory_order_relaxed);
        detail::load_words(PyBytes_AS_STRING(into.bytes.get()), from.words, length);
        return true;
    });
    if (!version) return false;
    const auto bytes = span_of(into.bytes.get());
    const std::uint64_t at = Block::place_of(place.index(), bytes.size());
    if (sum != Block::sum(*version, at, process::checksum(bytes))) {
        memory.damaged_variable(place.index(), "a value that is not what was written",
                                "bytes that match their checksum");
    }
    into.standing = {head, *version};
    return true;
}

/// Whether that version of the value stands. False: perhaps.
bool surely_stands(const Place& place, const Standing& seen) {
    return place.head() == seen.head &&
           place.look<sizeof(Block)>(seen.head, [](const Block&) { return true; }) == seen.version;
}

/// The pickle that stands: the one that was seen last if its version is still the newest, which saves a
/// copy and its checksum. Without the GIL nothing is kept, since readers would share its reference count.
Ref bytes_of(SharedReference& self, const Place& place) {
    constexpr Py_ssize_t small = 1024;
    if constexpr (has_gil) {
        if (self.kept != nullptr && surely_stands(place, self.kept_standing)) {
            return Ref::to(self.kept);
        }
    }
    Seen seen = look(place);
    if constexpr (has_gil) {
        const bool fits = seen.bytes && PyBytes_GET_SIZE(seen.bytes.get()) <= small;
        Py_XSETREF(self.kept, fits ? Py_NewRef(seen.bytes.get()) : nullptr);
        self.kept_standing = seen.standing;
    }
    return std::move(seen.bytes);
}

}  // namespace

Place* place_of(PyObject* self) {
    Place* const place = shared(self).place.load(std::memory_order_acquire);
    if (place == nullptr) {
        PyErr_Format(PyExc_RuntimeError, "%s.__init__ has not been called", class_name(self));
    }
    return place;
}

process::Bytes published(const Place& place, PyObject* bytes) {
    const auto span = span_of(bytes);
    return {span.data(), span.size(), process::checksum(span),
            place.memory()->size_class(span.size())};
}

Seen look(const Place& place) {
    return translated(Seen(), [&] {
        Seen seen;
        if (!copy(place, place.head(), seen)) {
            place.look_again([&](Head head) { return copy(place, head, seen); });
        }
        return seen;
    });
}

std::uint64_t version_of(const Place& place) {
    std::optional<std::uint64_t> version;
    const auto look = [&](Head head) {
        version = place.look<sizeof(Block)>(head, [](const Block&) { return true; });
        return version.has_value();
    };
    if (!look(place.head())) place.look_again(look);
    return *version;
}

PyObject* get_reference(PyObject* self, PyObject*) {
    const Place* const place = place_of(self);
    if (place == nullptr) return nullptr;
    const Ref bytes = bytes_of(shared(self), *place);
    return bytes ? PyObject_CallOneArg(shared(self).loads, bytes.get()) : nullptr;
}

Ref pickled(PyObject* self, PyObject* value) {
    Ref protocol = Ref::taken(PyLong_FromLong(5));
    if (!protocol) return protocol;
    PyObject* const values[] = {value, protocol.get()};
    Ref bytes = Ref::taken(PyObject_Vectorcall(shared(self).dumps, values, 2, nullptr));
    if (bytes && !PyBytes_CheckExact(bytes.get())) {
        PyErr_SetString(PyExc_TypeError, "pickle.dumps has not returned bytes");
        return Ref();
    }
    return bytes;
}

bool overwrite(Place& place, PyObject* bytes, Standing& now) {
    return translated(false, [&] {
        const auto standing = place.overwrite(published(place, bytes));
        if (standing) now = *standing;
        return standing.has_value();
    });
}

}  // namespace atomos::python
