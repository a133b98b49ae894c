/// \file
/// Arguments that are not simply all there, in their order.

#include "arguments.hpp"

namespace atomos::python {
namespace {

/// A call that is being matched with its parameters.
struct Matching {
    const char* method;
    const char* const* parameters;
    std::size_t count;
    std::size_t required;
    PyObject** into;

    bool positional(Py_ssize_t given) const {
        if (given <= static_cast<Py_ssize_t>(count)) return true;
        PyErr_Format(PyExc_TypeError, "%s() takes at most %zu argument%s (%zd given)", method,
                     count, count == 1 ? "" : "s", given);
        return false;
    }
    bool keyword(PyObject* name, PyObject* value) const {
        for (std::size_t i = 0; i < count; ++i) {
            if (PyUnicode_CompareWithASCIIString(name, parameters[i]) != 0) continue;
            if (into[i] != nullptr) {
                PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%s'", method,
                             parameters[i]);
                return false;
            }
            into[i] = value;
            return true;
        }
        PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", method, name);
        return false;
    }
    bool complete() const {
        for (std::size_t i = 0; i < required; ++i) {
            if (into[i] != nullptr) continue;
            PyErr_Format(PyExc_TypeError, "%s() missing required argument '%s'", method,
                         parameters[i]);
            return false;
        }
        return true;
    }
};

}  // namespace

bool match(const char* method, const char* const* parameters, std::size_t count,
           std::size_t required, PyObject* const* args, Py_ssize_t given, PyObject* keywords,
           PyObject** into) {
    const Matching matching{method, parameters, count, required, into};
    if (!matching.positional(given)) return false;
    for (Py_ssize_t i = 0; i < given; ++i) into[i] = args[i];
    const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
    for (Py_ssize_t i = 0; i < named; ++i) {
        if (!matching.keyword(PyTuple_GET_ITEM(keywords, i), args[given + i])) return false;
    }
    return matching.complete();
}

bool match(const char* method, const char* const* parameters, std::size_t count,
           std::size_t required, PyObject* args, PyObject* keywords, PyObject** into) {
    const Matching matching{method, parameters, count, required, into};
    const Py_ssize_t given = PyTuple_GET_SIZE(args);
    if (!matching.positional(given)) return false;
    for (Py_ssize_t i = 0; i < given; ++i) into[i] = PyTuple_GET_ITEM(args, i);
    Py_ssize_t at = 0;
    PyObject *name = nullptr, *value = nullptr;
    while (keywords != nullptr && PyDict_Next(keywords, &at, &name, &value) != 0) {
        if (!matching.keyword(name, value)) return false;
    }
    return matching.complete();
}

PyObject* match_one(const Signature<1>& signature, PyObject* const* args, Py_ssize_t given,
                    PyObject* keywords) {
    PyObject* argument = nullptr;
    const bool fits = match(signature.method, signature.parameters.data(), 1, signature.required,
                            args, given, keywords, &argument);
    return fits ? argument : nullptr;
}

std::vector<PyMethodDef> joined(std::initializer_list<const PyMethodDef*> tables) {
    std::vector<PyMethodDef> rows;
    for (const PyMethodDef* row : tables) {
        for (; row->ml_name != nullptr; ++row) rows.push_back(*row);
    }
    rows.push_back({});
    return rows;
}

}  // namespace atomos::python
