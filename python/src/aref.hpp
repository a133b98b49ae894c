/// \file
/// The object behind ARef: watches.
#pragma once

#include "raised.hpp"
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
/// As above, of several changes: what is raised is gathered.
void notify(PyObject* self, PyObject* old, PyObject* now, Raised& errors);

/// After a commit: tells the watches, if there are any.
inline bool committed(PyObject* self, PyObject* old, PyObject* now) {
    return aref(self).watches.load() == 0 || notify(self, old, now);
}

/// Whether notify_watches is the one that is written here: nobody has overridden it.
bool tells_by_itself(PyObject* self);
/// As above, of what was found under the name.
bool is_own_notify_watches(PyObject* self, PyObject* method);

/// Takes this very watch out. 0: it is not there any more. -1: a key's hash or == has raised.
int take_out_very(PyObject* self, PyObject* watch);

/// Calls a function of atomos._watching with `self` and further arguments.
PyObject* call_in_python(const char* name, PyObject* self, PyObject* const* args = nullptr,
                         Py_ssize_t given = 0);

/// The parts of tp_new, tp_traverse, tp_clear.
void begin_aref(PyObject* self);
int visit_aref(PyObject* self, visitproc visit, void* arg);
void clear_aref(PyObject* self);

bool add_aref(PyObject* module, PyTypeObject*& base);
bool add_atom(PyObject* module, PyTypeObject* base, PyTypeObject*& made);

}  // namespace atomos::python
