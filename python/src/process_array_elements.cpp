/// \file
/// The elements of an array: how they are found, and shown.

#include "process_array.hpp"

namespace atomos::python {
namespace {

/// An index as Python has it, from either end. False: an error is set.
bool find(PyObject* self, const Row& row, PyObject* given, Py_ssize_t& index) {
    const Ref exact = Ref::taken(PyNumber_Index(given));
    if (!exact) return false;
    index = PyNumber_AsSsize_t(exact.get(), nullptr);
    if (index < 0) index += row.length;
    if (index >= 0 && index < row.length) return true;
    Ref allowed = row.length == 0
                      ? Ref::taken(PyUnicode_FromString("none"))
                      : Ref::taken(PyUnicode_FromFormat("%zd to %zd", -row.length, row.length - 1));
    if (!allowed) return false;
    PyErr_Format(PyExc_IndexError, "an index of %s is %S and its length is %zd; allowed: %U",
                 class_name(self), exact.get(), row.length, allowed.get());
    return false;
}

PyObject* element_at(PyObject* self, const Row& row, Py_ssize_t index) {
    Home& home = *shared_variable<Row>(self).home.load(std::memory_order_acquire);
    return make_element(reinterpret_cast<PyTypeObject*>(row.element.get()), self, index, row.form,
                        row.at(index), home);
}

}  // namespace

PyObject* element_of(PyObject* self, PyObject* given) {
    const Row* const row = variable_of<Row>(self);
    Py_ssize_t index = 0;
    return row != nullptr && find(self, *row, given, index) ? element_at(self, *row, index)
                                                            : nullptr;
}

PyObject* element_in_turn(PyObject* self, Py_ssize_t index) {
    const Row* const row = variable_of<Row>(self);
    if (row == nullptr) return nullptr;
    if (index >= 0 && index < row->length) return element_at(self, *row, index);
    PyErr_SetNone(PyExc_IndexError);
    return nullptr;
}

int assign_element(PyObject* self, PyObject* given, PyObject* element) {
    const Row* const row = variable_of<Row>(self);
    Py_ssize_t index = 0;
    if (row == nullptr || !find(self, *row, given, index)) return -1;
    if (element != nullptr && is_element(element, self, index)) return 0;
    PyErr_Format(PyExc_TypeError,
                 element == nullptr ? "an element of %s cannot be removed"
                                    : "an element of %s cannot be replaced by another object; "
                                      "set(index, value) replaces its value",
                 class_name(self));
    return -1;
}

Py_ssize_t elements_in(PyObject* self) {
    const Row* const row = variable_of<Row>(self);
    return row == nullptr ? -1 : row->length;
}

PyObject* represent_array(PyObject* self) {
    const Row* const row = variable_of<Row>(self);
    const Ref values = row == nullptr ? Ref() : Ref::taken(PyList_New(0));
    if (!values) return nullptr;
    for (Py_ssize_t i = 0; i < row->length; ++i) {
        const Ref value = object_of(row->form, load(*row->at(i), row->form));
        if (!value || PyList_Append(values.get(), value.get()) != 0) return nullptr;
    }
    return describe("atomos.multiprocessing.atomic", self, values.get());
}

}  // namespace atomos::python
