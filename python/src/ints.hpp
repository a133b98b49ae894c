/// \file
/// Exact ints of one digit, which is where CPython's own arithmetic begins: what is in them, and how they
/// are made without a call.
#pragma once

#include <array>
#include <cstddef>

#include "interpreter.hpp"

namespace atomos::python {

/// Whether an exact int is of one digit, so that its value is at hand.
inline bool is_compact(PyObject* number) noexcept {
#if PY_VERSION_HEX >= 0x030C0000
    return PyUnstable_Long_IsCompact(reinterpret_cast<PyLongObject*>(number)) != 0;
#else
    return static_cast<std::size_t>(Py_SIZE(number) + 1) <= 2;
#endif
}
inline long long compact_value(PyObject* number) noexcept {
    auto* const digits = reinterpret_cast<PyLongObject*>(number);
#if PY_VERSION_HEX >= 0x030C0000
    return PyUnstable_Long_CompactValue(digits);
#else
    return static_cast<long long>(Py_SIZE(number)) * digits->ob_digit[0];
#endif
}
inline bool is_compact_int(PyObject* object) noexcept {
    return PyLong_CheckExact(object) && is_compact(object);
}

/// The ints that the interpreter makes once for all.
class SmallInts {
  public:
    /// Has them at hand. False: an error is set.
    static bool find();
    static bool has(long long value) noexcept {
        return static_cast<unsigned long long>(value - first) < count;
    }
    /// Another reference.
    static PyObject* get(long long value) noexcept {
#if PY_VERSION_HEX >= 0x030C0000
        return all_[static_cast<std::size_t>(value - first)];
#else
        return Py_NewRef(all_[static_cast<std::size_t>(value - first)]);
#endif
    }

  private:
    static constexpr long long first = -5;
    static constexpr std::size_t count = 262;

    /// All interpreters of a process share them from 3.11 on.
    static inline std::array<PyObject*, count> all_{};
};

/// An int. Errors: MemoryError; then nullptr.
inline PyObject* make_int(long long value) noexcept {
#if PY_VERSION_HEX >= 0x030B0000
    if (SmallInts::has(value)) return SmallInts::get(value);
#endif
    return PyLong_FromLongLong(value);
}

/// Whether two exact ints are equal; -1: not as simple, and no error is set.
inline int equal_ints(PyObject* left, PyObject* right) noexcept {
    if (!is_compact_int(left) || !is_compact_int(right)) return -1;
    return static_cast<int>(compact_value(left) == compact_value(right));
}

/// Whether this int may become another one where it is: nobody but the caller refers to it, it is of one
/// digit, and the new value is of one and none that the interpreter has made once for all. CPython does
/// the same to floats and strings.
inline bool may_become(PyObject* number, long long value) noexcept {
#if PY_VERSION_HEX < 0x030E0000
    constexpr long long most = PyLong_MASK;
    return has_gil && Py_REFCNT(number) == 1 && !SmallInts::has(value) && value >= -most &&
           value <= most;
#else
    return false;
#endif
}
inline void become(PyObject* number, long long value) noexcept {
    auto* const digits = reinterpret_cast<PyLongObject*>(number);
    const auto magnitude = static_cast<digit>(value < 0 ? -value : value);
#if PY_VERSION_HEX >= 0x030C0000
    constexpr std::uintptr_t one_digit = std::uintptr_t{1} << _PyLong_NON_SIZE_BITS;
    digits->long_value.lv_tag = one_digit | (value < 0 ? 2U : 0U);
    digits->long_value.ob_digit[0] = magnitude;
#else
    Py_SET_SIZE(digits, value < 0 ? -1 : 1);
    digits->ob_digit[0] = magnitude;
#endif
}

}  // namespace atomos::python
