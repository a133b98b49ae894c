/// \file
/// Changes that end after so many tries: with SwapOptions by holding the other writers off, with
/// TryOptions by giving up.
#pragma once

#include "reference.hpp"

namespace atomos::python {

/// swap and swap_vals of an atom, whose first argument is a SwapOptions.
template <bool both>
PyObject* swap_within(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords);

/// A change of a reference to fn(value), or fn(value, x) where there is an x, after `options`.
template <bool wants_old>
PyObject* update_within(PyObject* self, PyObject* options, PyObject* fn, PyObject* x);

/// try_swap of an atom, whose first argument is a TryOptions.
PyObject* try_swap_within(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords);

/// try_update of a reference, after `options`.
PyObject* try_update_within(PyObject* self, PyObject* options, PyObject* fn);

/// Whether what a function has returned leaves a reference's value as it is.
inline bool is_refusal(const Reference& self, PyObject* result, PyObject* unchanged) noexcept {
    return result == unchanged ||
           (result == Py_None && self.kind != Kind::anything && self.kind != Kind::number);
}

}  // namespace atomos::python
