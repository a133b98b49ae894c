/// \file
/// The native half of the process scope's AtomicReference and Atom: a pickle in shared memory.
#pragma once

#include <cstddef>
#include <span>

#include "process_number.hpp"

namespace atomos::python {

struct SharedReference {
    PyObject_HEAD std::atomic<process::Place*> place;
    std::atomic<Home*> home;
    PyObject* loads;
    PyObject* dumps;
    Mutex mutex;
    PyObject* guard;  ///< the validator whose number the place's rule is; under the mutex
    Plain plain;
    PyObject* kept;  ///< the pickle that the last get() saw, if it is small; under the GIL
    process::Standing kept_standing;
};

inline SharedReference& shared(PyObject* self) { return *reinterpret_cast<SharedReference*>(self); }

/// Its place. nullptr, with RuntimeError set, before __init__.
process::Place* place_of(PyObject* self);

inline std::span<const std::byte> span_of(PyObject* bytes) {
    return std::as_bytes(
        std::span(PyBytes_AS_STRING(bytes), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes))));
}

process::Bytes published(const process::Place& place, PyObject* bytes);

/// What stands: the bytes of a pickle.
struct Seen {
    Ref bytes;
    process::Standing standing{};
};

/// No bytes: an error is set.
Seen look(const process::Place& place);
/// Errors     Damaged, thrown.
std::uint64_t version_of(const process::Place& place);

/// A value's pickle. Errors: what the value raises.
Ref pickled(PyObject* self, PyObject* value);
/// Publishes bytes, whatever stands. False: an error is set.
bool overwrite(process::Place& place, PyObject* bytes, process::Standing& now);

PyObject* get_reference(PyObject* self, PyObject*);
/// What pickle is told, and what it calls.
PyObject* reduce_reference(PyObject* self, PyObject*);
PyObject* attached_reference(PyObject* type, PyObject* address);

/// The methods of ProcessReference.
extern PyMethodDef process_reference_methods[];

}  // namespace atomos::python
