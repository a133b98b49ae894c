/// \file
/// set_if_less and set_if_greater of references, booleans and numbers of threads.

#include "reference.hpp"

namespace atomos::python {

template <int op>
PyObject* set_if(PyObject* self, PyObject* value) {
    Reference& into = reference(self);
    if (!accepts(into, value)) return nullptr;
    for (;;) {
        Look seen = look(into.slot);
        if (!seen.object) return nullptr;
        const int beyond = PyObject_RichCompareBool(value, seen.object.get(), op);
        if (beyond < 0) return nullptr;
        if (beyond == 0) Py_RETURN_FALSE;
        if (replace(into, seen, value)) Py_RETURN_TRUE;
        if (PyErr_Occurred() != nullptr) return nullptr;
    }
}
template PyObject* set_if<Py_LT>(PyObject*, PyObject*);
template PyObject* set_if<Py_GT>(PyObject*, PyObject*);

}  // namespace atomos::python
