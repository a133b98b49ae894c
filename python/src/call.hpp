/// \file
/// A call of a user's function with a state and further arguments.
#pragma once

#include "interpreter.hpp"

namespace atomos::python {

/// The function of swap and its relatives, and what it is called with: a state, then the arguments.
class Call {
  public:
    /// `fn` may be given by its name.
    Call(const char* method, PyObject* const* args, Py_ssize_t given, PyObject* keywords)
        : keywords_(keywords) {
        const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
        if (given > 0) {
            fn_ = args[0];
            if (named > 0 && place_of_fn(keywords, named) >= 0) {
                PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument 'fn'", method);
            } else {
                fill(args + 1, given - 1 + named);
            }
            return;
        }
        const Py_ssize_t place = place_of_fn(keywords, named);
        if (place >= 0) {
            take_by_name(args, named, place);
            return;
        }
        PyErr_Format(PyExc_TypeError, "%s() missing required argument 'fn'", method);
    }
    ~Call() {
        if (values_ != few_) PyMem_Free(values_);
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// False: the arguments do not fit, and the error is set.
    explicit operator bool() const noexcept { return values_ != nullptr; }

    Ref operator()(PyObject* state) const {
        values_[1] = state;
        const auto positional =
            static_cast<std::size_t>(count_) + 1 -
            static_cast<std::size_t>(keywords_ == nullptr ? 0 : PyTuple_GET_SIZE(keywords_));
        return Ref::taken(PyObject_Vectorcall(
            fn_, values_ + 1, positional | PY_VECTORCALL_ARGUMENTS_OFFSET, keywords_));
    }

  private:
    static constexpr Py_ssize_t room = 8;

    /// Which of the names is `fn`; -1: none.
    static Py_ssize_t place_of_fn(PyObject* keywords, Py_ssize_t named) {
        for (Py_ssize_t i = 0; i < named; ++i) {
            if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(keywords, i), "fn") == 0)
                return i;
        }
        return -1;
    }

    void fill(PyObject* const* args, Py_ssize_t count) {
        count_ = count;
        values_ = few_;
        if (count > room) {
            values_ = static_cast<PyObject**>(
                PyMem_Malloc(static_cast<std::size_t>(count + 2) * sizeof(PyObject*)));
            if (values_ == nullptr) {
                PyErr_NoMemory();
                return;
            }
        }
        for (Py_ssize_t i = 0; i < count; ++i) values_[i + 2] = args[i];
    }

    /// All arguments are named, and the one at `place` is fn: the others go on without it.
    void take_by_name(PyObject* const* args, Py_ssize_t named, Py_ssize_t place) {
        fn_ = args[place];
        others_ = Ref::taken(PyTuple_New(named - 1));
        if (!others_) return;
        fill(args, named - 1);
        if (values_ == nullptr) return;
        for (Py_ssize_t i = 0, at = 0; i < named; ++i) {
            if (i == place) continue;
            PyTuple_SET_ITEM(others_.get(), at, Py_NewRef(PyTuple_GET_ITEM(keywords_, i)));
            values_[2 + at] = args[i];
            ++at;
        }
        keywords_ = others_.get();
    }

    PyObject* fn_ = nullptr;
    PyObject* keywords_;
    Ref others_;
    Py_ssize_t count_ = 0;
    /// [0] is for vectorcall to use, [1] for the state.
    PyObject** values_ = nullptr;
    PyObject* few_[room + 2];
};

}  // namespace atomos::python
