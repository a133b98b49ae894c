/// \file
/// The object behind adders and accumulators: its life.

#include "striped.hpp"

#include <structmember.h>

#include <cstddef>
#include <new>

namespace atomos::python {

PyObject* reset_striped(PyObject* self, PyObject*) {
    striped(self).stripes.clear();
    Py_RETURN_NONE;
}

PyObject* make_striped(PyTypeObject* type, PyObject*, PyObject*) {
    PyObject* const self = type->tp_alloc(type, 0);
    if (self == nullptr) return nullptr;
    Striped& made = striped(self);
    ::new (&made.stripes) Stripes;
    ::new (&made.rule) detail::Atomic<PyObject*>(nullptr);
    if (give_attributes(made.plain)) return self;
    Py_DECREF(self);
    return nullptr;
}

int visit_striped(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(striped(self).rule.load(std::memory_order_acquire));
    Py_VISIT(striped(self).plain.attributes);
    return striped(self).stripes.traverse(visit, arg);
}

int clear_striped(PyObject* self) {
    Striped& ending = striped(self);
    ending.stripes.clear();
    Py_XDECREF(ending.rule.exchange(nullptr, std::memory_order_acq_rel));
    Py_CLEAR(ending.plain.attributes);
    return 0;
}

void end_striped(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, end_striped);
    if (striped(self).plain.weak_references != nullptr) PyObject_ClearWeakRefs(self);
    clear_striped(self);
    striped(self).stripes.~Stripes();
    type->tp_free(self);
    Py_DECREF(type);
    Py_TRASHCAN_END;
}

PyMemberDef striped_members[] = {
    {"__dictoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(Striped, plain) + offsetof(Plain, attributes)), READONLY,
     nullptr},
    {"__weaklistoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(Striped, plain) + offsetof(Plain, weak_references)), READONLY,
     nullptr},
    {},
};

PyGetSetDef striped_getset[] = {
    {"__dict__", &PyObject_GenericGetDict, &PyObject_GenericSetDict, nullptr, nullptr},
    {},
};

}  // namespace atomos::python
