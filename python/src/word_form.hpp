/// \file
/// The forms of numbers that are words of memory: how big they are, and what Python object their bits are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "interpreter.hpp"

namespace atomos::python {

/// ctypes' simple types, and `exact`: 64 bits that never wrap.
enum class Form : std::uint8_t {
    exact,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    float32,
    float64,
    truth,
    character,
    wide
};
inline constexpr unsigned forms = 14;

/// How many bytes a word of that form has.
std::size_t size_of(Form form) noexcept;

/// The form of a C type by its code in ctypes and struct, which is also the typecode. False: there is none.
bool form_of_code(char code, Form& form) noexcept;

/// The object that bits stand for. Errors: MemoryError.
Ref object_of(Form form, std::uint64_t bits);

/// Sets OverflowError: an int is outside of what is allowed. It says the number, if that is short enough
/// to be read. Always false.
bool refuse_size(PyObject* met, const char* allowed);

}  // namespace atomos::python
