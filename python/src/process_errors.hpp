/// \file
/// What C++ throws, as Python's exceptions.
#pragma once

#include <exception>
#include <utility>

#include "interpreter.hpp"

namespace atomos::python {

/// Sets the Python exception that says what a C++ one does.
void raise(const std::exception& error) noexcept;

/// What f returns; or `failed`, with an exception set, if it throws. f runs no Python code: a thread
/// that the interpreter ends at its own end unwinds the stack, which a catch-all must not stop.
template <class Result, class F>
Result translated(Result failed, F&& f) {
    try {
        return std::forward<F>(f)();
    } catch (const std::exception& error) {
        raise(error);
        return failed;
    }
}

}  // namespace atomos::python
