/// \file
/// Arguments of methods, by position and by keyword, without a tuple.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <vector>

#include "interpreter.hpp"

namespace atomos::python {

/// A method's name, its parameters' names, and how many have to be given.
template <std::size_t N>
struct Signature {
    const char* method;
    std::array<const char*, N> parameters;
    std::size_t required = N;
};

/// Puts arguments where their parameters are. False, with TypeError set: they do not fit.
bool match(const char* method, const char* const* parameters, std::size_t count,
           std::size_t required, PyObject* const* args, Py_ssize_t given, PyObject* keywords,
           PyObject** into);

/// The arguments of a call, borrowed. `converted` is false, with TypeError set, if they do not fit.
template <std::size_t N>
class Arguments {
  public:
    Arguments(const Signature<N>& signature, PyObject* const* args, Py_ssize_t given,
              PyObject* keywords) {
        if (keywords == nullptr && given == static_cast<Py_ssize_t>(N)) [[likely]] {
            for (std::size_t i = 0; i < N; ++i) values_[i] = args[i];
            return;
        }
        fit_ = match(signature.method, signature.parameters.data(), N, signature.required, args,
                     given, keywords, values_.data());
    }
    /// Of tp_init.
    Arguments(const Signature<N>& signature, PyObject* args, PyObject* keywords);

    explicit operator bool() const noexcept { return fit_; }
    /// None was given: nullptr.
    PyObject* operator[](std::size_t i) const noexcept { return values_[i]; }

  private:
    std::array<PyObject*, N> values_{};
    bool fit_ = true;
};

/// As match, for a tuple and a dictionary.
bool match(const char* method, const char* const* parameters, std::size_t count,
           std::size_t required, PyObject* args, PyObject* keywords, PyObject** into);

template <std::size_t N>
Arguments<N>::Arguments(const Signature<N>& signature, PyObject* args, PyObject* keywords)
    : fit_(match(signature.method, signature.parameters.data(), N, signature.required, args,
                 keywords, values_.data())) {}

/// The one argument of a call, borrowed; nullptr, with TypeError set, if the call is another.
[[gnu::noinline, gnu::cold]] PyObject* match_one(const Signature<1>& signature,
                                                 PyObject* const* args, Py_ssize_t given,
                                                 PyObject* keywords);
inline PyObject* only_argument(const Signature<1>& signature, PyObject* const* args,
                               Py_ssize_t given, PyObject* keywords) {
    if (keywords == nullptr && given == 1) [[likely]]
        return args[0];
    return match_one(signature, args, given, keywords);
}

/// A method of one argument. What it costs to find the argument is two comparisons: the rest is out of
/// line, and nothing has to be kept for it.
template <const Signature<1>& signature, PyObject* (*apply)(PyObject* self, PyObject* argument)>
struct OfOne {
    static PyObject* call(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
        if (keywords == nullptr && given == 1) [[likely]]
            return apply(self, args[0]);
        return otherwise(self, args, given, keywords);
    }

  private:
    [[gnu::noinline, gnu::cold]] static PyObject* otherwise(PyObject* self, PyObject* const* args,
                                                            Py_ssize_t given, PyObject* keywords) {
        PyObject* const argument = match_one(signature, args, given, keywords);
        return argument != nullptr ? apply(self, argument) : nullptr;
    }
};

using Fast = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);

/// A row of a method table: arguments by position and keyword.
inline PyMethodDef with_arguments(const char* name, Fast method, const char* text) {
    return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(method)),
            METH_FASTCALL | METH_KEYWORDS, text};
}
/// A row of a method table: no arguments.
inline PyMethodDef without_arguments(const char* name, PyCFunction method, const char* text) {
    return {name, method, METH_NOARGS, text};
}

/// Method tables, one after the other. A class has its bases' methods in its own table too, since CPython
/// (3.11 and later) calls a method without detours only where the very class has it.
std::vector<PyMethodDef> joined(std::initializer_list<const PyMethodDef*> tables);

}  // namespace atomos::python
