/// \file
/// What C++ throws, as Python's exceptions.

#include "process_errors.hpp"

#include <atomos/errors.hpp>
#include <new>
#include <stdexcept>

namespace atomos::python {
namespace {

const char* name_of(const std::exception& error) noexcept {
    const auto is = [&]<class E>() { return dynamic_cast<const E*>(&error) != nullptr; };
    if (is.template operator()<Unavailable>()) return "Unavailable";
    if (is.template operator()<NotFound>()) return "NotFound";
    if (is.template operator()<AlreadyExists>()) return "AlreadyExists";
    if (is.template operator()<PermissionDenied>()) return "PermissionDenied";
    if (is.template operator()<Full>()) return "Full";
    if (is.template operator()<Mismatch>()) return "Mismatch";
    if (is.template operator()<Damaged>()) return "Damaged";
    if (is.template operator()<OutcomeUnknown>()) return "OutcomeUnknown";
    if (is.template operator()<Error>()) return "Error";
    return nullptr;
}

PyObject* builtin(const std::exception& error) noexcept {
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return PyExc_MemoryError;
    if (dynamic_cast<const std::invalid_argument*>(&error) != nullptr) return PyExc_ValueError;
    if (dynamic_cast<const std::out_of_range*>(&error) != nullptr) return PyExc_IndexError;
    if (dynamic_cast<const std::overflow_error*>(&error) != nullptr) return PyExc_OverflowError;
    return PyExc_RuntimeError;
}

}  // namespace

void raise(const std::exception& error) noexcept {
    const char* const name = name_of(error);
    if (name == nullptr) {
        PyErr_SetString(builtin(error), error.what());
        return;
    }
    const Ref module = Ref::taken(PyImport_ImportModule("atomos.errors"));
    if (!module) return;
    const Ref type = Ref::taken(PyObject_GetAttrString(module.get(), name));
    if (type) PyErr_SetString(type.get(), error.what());
}

}  // namespace atomos::python
