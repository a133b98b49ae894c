/// \file
/// The object behind atomos.atomic's classes: its life, and what its methods seldom come to.

#include "reference.hpp"

#include <structmember.h>

#include <cstddef>
#include <cstring>
#include <new>

namespace atomos::python {

const char* class_name(PyObject* instance) noexcept {
    const char* const name = Py_TYPE(instance)->tp_name;
    const char* const dot = std::strrchr(name, '.');
    return dot == nullptr ? name : dot + 1;
}

PyObject* describe(const char* module, PyObject* instance, PyObject* value) {
    return PyUnicode_FromFormat("<%s.%s(%S) object at %p>", module, class_name(instance), value,
                                instance);
}

PyObject* refuse_to_pickle(PyObject* self, PyObject*) {
    PyErr_Format(PyExc_TypeError,
                 "cannot pickle or copy '%s' object: threads share it, and a copy would be another "
                 "one; pickle its value, or use atomos.multiprocessing",
                 class_name(self));
    return nullptr;
}

bool accepts_at_last(Reference& self, PyObject* value) {
    if (self.kind == Kind::floating && PyFloat_Check(value)) return true;
    const char* const wanted = self.kind == Kind::boolean   ? "a bool"
                               : self.kind == Kind::integer ? "an int"
                                                            : "a float";
    PyErr_Format(PyExc_TypeError, "the value of %s has to be %s, not %s",
                 class_name(reinterpret_cast<PyObject*>(&self)), wanted, class_name(value));
    return false;
}

PyObject* store_at_last(Reference& self, PyObject* value) {
    return accepts_at_last(self, value) ? store_accepted(self, value) : nullptr;
}

PyObject* wake_and_return(Reference& self, Word old, PyObject* result) {
    wake(self.waiting);
    Slot::drop(old);
    return result;
}

PyObject* not_stored(Word word, PyObject* value) noexcept {
    Slot::drop(word);
    Py_DECREF(value);
    return nullptr;
}

Ref attempt_of(PyObject* self, bool won, PyObject* now) {
    PyObject* const values[] = {won ? Py_True : Py_False, now};
    return Ref::taken(PyObject_Vectorcall(state_of(Py_TYPE(self)).attempt, values, 2, nullptr));
}

template <Kind kind>
PyObject* make_reference(PyTypeObject* type, PyObject*, PyObject*) {
    PyObject* const self = type->tp_alloc(type, 0);
    if (self == nullptr) return nullptr;
    Ref first;
    switch (kind) {
        case Kind::anything:
        case Kind::number:
            first = Ref::to(Py_None);
            break;
        case Kind::boolean:
            first = Ref::to(Py_False);
            break;
        case Kind::integer:
            first = Ref::taken(PyLong_FromLong(0));
            break;
        case Kind::floating:
            first = Ref::taken(PyFloat_FromDouble(0));
            break;
    }
    const bool whole = static_cast<bool>(first);
    Reference& made = reference(self);
    ::new (&made.slot) Slot(first.release());
    ::new (&made.waiting) Waiting;
    made.kind = kind;
    if (whole && give_attributes(made.plain)) return self;
    Py_DECREF(self);
    return nullptr;
}
template PyObject* make_reference<Kind::anything>(PyTypeObject*, PyObject*, PyObject*);
template PyObject* make_reference<Kind::boolean>(PyTypeObject*, PyObject*, PyObject*);
template PyObject* make_reference<Kind::number>(PyTypeObject*, PyObject*, PyObject*);
template PyObject* make_reference<Kind::integer>(PyTypeObject*, PyObject*, PyObject*);
template PyObject* make_reference<Kind::floating>(PyTypeObject*, PyObject*, PyObject*);

int initialise_reference(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<1> signature{"__init__", {"value"}, 0};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    if (arguments[0] == nullptr) return 0;
    const Ref stored = Ref::taken(store(reference(self), arguments[0]));
    return stored ? 0 : -1;
}

int visit_reference(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(reference(self).plain.attributes);
    return reference(self).slot.traverse(visit, arg);
}

int clear_reference(PyObject* self) {
    Slot::drop(reference(self).slot.exchange(0));
    Py_CLEAR(reference(self).plain.attributes);
    return 0;
}

void end_reference(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, end_reference);
    if (reference(self).plain.weak_references != nullptr) PyObject_ClearWeakRefs(self);
    clear_reference(self);
    type->tp_free(self);
    Py_DECREF(type);
    Py_TRASHCAN_END;
}

PyMemberDef plain_members[] = {
    {"__dictoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(Reference, plain) + offsetof(Plain, attributes)), READONLY,
     nullptr},
    {"__weaklistoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(Reference, plain) + offsetof(Plain, weak_references)),
     READONLY, nullptr},
    {},
};

}  // namespace atomos::python
