/// \file
/// Changes that end after so many tries: with SwapOptions by holding the other writers off, with
/// TryOptions by giving up.
#pragma once

#include "options.hpp"
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

/// try_update of what is never None: a function, perhaps after TryOptions, that is asked once an attempt.
class TryUpdate {
  public:
    TryUpdate(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords);
    /// False: an error is set.
    explicit operator bool() const noexcept { return fn_ != nullptr; }

    /// The next value. None: an error is set, or the value is left as it is, since the function wants that or
    /// no more attempts are allowed.
    Ref operator()(PyObject* value);
    /// What the method returns for the change that this led to.
    PyObject* answer(const Change& made) const;

  private:
    PyObject* self_;
    PyObject* fn_ = nullptr;
    Persistence persistence_;
    bool asked_ = false;
    Ref left_{};
};

/// Whether what a function has returned leaves a reference's value as it is.
inline bool is_refusal(const Reference& self, PyObject* result, PyObject* unchanged) noexcept {
    return result == unchanged ||
           (result == Py_None && self.kind != Kind::anything && self.kind != Kind::number);
}

}  // namespace atomos::python
