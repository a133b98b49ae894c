/// \file
/// SwapOptions and TryOptions: their values, which their classes (atomos._options) have checked.

#include "options.hpp"

namespace atomos::python {
namespace {

bool is(PyObject* object, PyObject* type) noexcept {
    return PyObject_TypeCheck(object, reinterpret_cast<PyTypeObject*>(type)) != 0;
}

/// A count, as far as it fits. -1: an error is set.
Py_ssize_t count_in(PyObject* number) noexcept { return PyNumber_AsSsize_t(number, nullptr); }

}  // namespace

bool begins_with_swap_options(const State& state, PyObject* const* args,
                              Py_ssize_t given) noexcept {
    return given > 0 && is(args[0], state.swap_options);
}
bool begins_with_try_options(const State& state, PyObject* const* args, Py_ssize_t given) noexcept {
    return given > 0 && is(args[0], state.try_options);
}

Py_ssize_t tries_of(PyObject* options) noexcept { return count_in(PyTuple_GET_ITEM(options, 0)); }

Persistence::Persistence(PyObject* options) : left_(PY_SSIZE_T_MAX) {
    PyObject *const tries = PyTuple_GET_ITEM(options, 0), *const within =
                                                              PyTuple_GET_ITEM(options, 1);
    if (tries != Py_None) left_ = count_in(tries);
    if (within != Py_None && !deadline_after(within, deadline_)) left_ = -1;
}

bool Persistence::goes_on() noexcept {
    if (left_ != PY_SSIZE_T_MAX) --left_;
    return left_ > 0 && (!deadline_ || std::chrono::steady_clock::now() < *deadline_);
}

}  // namespace atomos::python
