/// \file
/// The life of links.

#include "journal.hpp"

#include <new>

namespace atomos::python {
namespace {

int visit(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(link(self).old);
    Py_VISIT(link(self).now);
    return link(self).next.traverse(visit, arg);
}

int clear(PyObject* self) {
    Slot::drop(link(self).next.exchange(0));
    Py_CLEAR(link(self).old);
    Py_CLEAR(link(self).now);
    return 0;
}

/// A long row ends link by link, not within each other.
void end(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, end);
    clear(self);
    type->tp_free(self);
    Py_DECREF(type);
    Py_TRASHCAN_END;
}

PyType_Slot slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(&end)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear)},
    {},
};

PyType_Spec spec{"atomos._atomos.Link", sizeof(Link), 0,
                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                 slots};

}  // namespace

PyTypeObject* make_link_type(PyObject* module) {
    return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}

Ref make_link(PyTypeObject* type) {
    Ref made = Ref::taken(type->tp_alloc(type, 0));
    if (made) ::new (&link(made.get()).next) Slot(nullptr);
    return made;
}

}  // namespace atomos::python
