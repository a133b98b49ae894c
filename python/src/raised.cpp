/// \file
/// Exceptions that are kept for a while.

#include "raised.hpp"

namespace atomos::python {

Ref take_raised() {
#if PY_VERSION_HEX >= 0x030C0000
    return Ref::taken(PyErr_GetRaisedException());
#else
    PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace != nullptr) PyException_SetTraceback(value, trace);
    Py_XDECREF(type);
    Py_XDECREF(trace);
    return Ref::taken(value);
#endif
}

void raise_again(Ref exception) {
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(exception.release());
#else
    auto* const type = Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(exception.get())));
    PyObject* const trace = PyException_GetTraceback(exception.get());
    PyErr_Restore(type, exception.release(), trace);
#endif
}

void Raised::add() {
    Ref exception = take_raised();
    if (!first_) {
        first_ = std::move(exception);
        return;
    }
    if (!others_) others_ = Ref::taken(PyList_New(0));
    // Without memory for the list one exception has to stand for all.
    if (!others_ || PyList_Append(others_.get(), exception.get()) < 0) PyErr_Clear();
}

bool Raised::none() {
    if (!first_) return true;
    if (others_) {
        gather();
    } else {
        raise_again(std::move(first_));
    }
    return false;
}

#if PY_VERSION_HEX >= 0x030B0000
void Raised::gather() {
    if (PyList_Insert(others_.get(), 0, first_.get()) == 0) {
        Ref group = Ref::taken(PyObject_CallFunction(PyExc_BaseExceptionGroup, "sO",
                                                     "several watches raised; the change is "
                                                     "committed",
                                                     others_.get()));
        if (group) {
            raise_again(std::move(group));
            return;
        }
    }
    PyErr_Clear();
    raise_again(std::move(first_));
}
#else
void Raised::gather() {
    const Ref others = Ref::taken(PyList_AsTuple(others_.get()));
    if (!others || PyObject_SetAttrString(first_.get(), "watch_errors", others.get()) < 0) {
        PyErr_Clear();
    }
    raise_again(std::move(first_));
}
#endif

}  // namespace atomos::python
