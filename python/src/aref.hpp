/// \file
/// The object behind ARef: watches.
#pragma once

#include "reference.hpp"

namespace atomos::python {

/// An ARef, or the beginning of an Atom. The watches are a dictionary that nobody changes: who adds one
/// puts a changed copy in its place.
struct ARef {
    PyObject_HEAD Slot watches;
    Plain plain;
};

inline ARef& aref(PyObject* self) noexcept { return *reinterpret_cast<ARef*>(self); }

/// Tells the watches of a change. False: one has raised, or several; all have run.
bool notify(PyObject* self, PyObject* old, PyObject* now);

/// After a commit: tells the watches, if there are any.
inline bool committed(PyObject* self, PyObject* old, PyObject* now) {
    return aref(self).watches.load() == 0 || notify(self, old, now);
}

/// Calls a method that is written in Python.
PyObject* call_in_python(const char* name, PyObject* self);

/// The parts of tp_new, tp_traverse, tp_clear.
void begin_aref(PyObject* self);
int visit_aref(PyObject* self, visitproc visit, void* arg);
void clear_aref(PyObject* self);

bool add_aref(PyObject* module, PyTypeObject*& base);
bool add_atom(PyObject* module, PyTypeObject* base);

}  // namespace atomos::python
