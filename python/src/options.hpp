/// \file
/// SwapOptions and TryOptions, as a method's first argument: how long a change goes on trying.
#pragma once

#include "interpreter.hpp"

namespace atomos::python {

/// Whether there is a first argument that may be options; what is called is seldom a tuple.
inline bool begins_with_a_tuple(PyObject* const* args, Py_ssize_t given) noexcept {
    return given > 0 && PyTuple_Check(args[0]);
}
/// Whether the first argument is a SwapOptions, or a TryOptions.
bool begins_with_swap_options(const State& state, PyObject* const* args, Py_ssize_t given) noexcept;
bool begins_with_try_options(const State& state, PyObject* const* args, Py_ssize_t given) noexcept;

/// As above, for a method.
inline bool has_swap_options(PyObject* self, PyObject* const* args, Py_ssize_t given) noexcept {
    return begins_with_a_tuple(args, given) &&
           begins_with_swap_options(state_of(Py_TYPE(self)), args, given);
}
inline bool has_try_options(PyObject* self, PyObject* const* args, Py_ssize_t given) noexcept {
    return begins_with_a_tuple(args, given) &&
           begins_with_try_options(state_of(Py_TYPE(self)), args, given);
}

/// How many races a change may lose (SwapOptions). -1: an error is set.
Py_ssize_t tries_of(PyObject* options) noexcept;

/// Counts the attempts of one call (TryOptions), and looks at the clock where there is a limit of time.
class Persistence {
  public:
    /// Goes on for ever.
    Persistence() noexcept : left_(PY_SSIZE_T_MAX) {}
    explicit Persistence(PyObject* options);
    /// False: an error is set.
    explicit operator bool() const noexcept { return left_ > 0; }

    /// After a lost race: whether there may be another attempt.
    bool goes_on() noexcept;

  private:
    Py_ssize_t left_;
    Deadline deadline_;
};

}  // namespace atomos::python
