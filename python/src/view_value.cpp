/// \file
/// What an item of an AtomicView can hold.

#include <bit>
#include <cstdio>

#include "view.hpp"

namespace atomos::python {
namespace {

bool refuse_value(const char* wanted, PyObject* met) {
    PyErr_Format(PyExc_TypeError, "the value of this AtomicView has to be %s, not %s", wanted,
                 class_name(met));
    return false;
}

/// Of an int: it fits, or OverflowError is set.
bool int_bits(Form form, PyObject* object, std::uint64_t& bits) {
    const std::size_t width = 8 * size_of(form);
    const bool is_signed = form <= Form::int64;
    const std::uint64_t most = ~std::uint64_t{0} >> (64 - width + (is_signed ? 1 : 0));
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) {
        bits = static_cast<std::uint64_t>(value);
        const bool fits = value < 0 ? is_signed && ~bits <= most : bits <= most;
        if (width < 64) bits &= (std::uint64_t{1} << width) - 1;
        if (fits) return true;
    } else if (overflow > 0 && form == Form::uint64) {
        bits = PyLong_AsUnsignedLongLong(object);
        if (PyErr_Occurred() == nullptr) return true;
        PyErr_Clear();
    }
    char allowed[64];
    if (is_signed) {
        std::snprintf(allowed, sizeof allowed, "[%lld, %lld]", -static_cast<long long>(most) - 1,
                      static_cast<long long>(most));
    } else {
        std::snprintf(allowed, sizeof allowed, "[0, %llu]", static_cast<unsigned long long>(most));
    }
    return refuse_size(object, allowed);
}

}  // namespace

bool bits_of(const Item& item, PyObject* object, std::uint64_t& bits) {
    switch (kind_of(item.form)) {
        case integers:
            if (!PyLong_Check(object)) return refuse_value("an int", object);
            return int_bits(item.form, object, bits);
        case truths:
            if (!PyBool_Check(object)) return refuse_value("a bool", object);
            bits = object == Py_True ? 1 : 0;
            return true;
        case floats:
            break;
    }
    if (!PyFloat_Check(object) && !PyLong_Check(object)) {
        return refuse_value("a float or an int", object);
    }
    const double value = PyFloat_AsDouble(object);
    if (value == -1.0 && PyErr_Occurred() != nullptr) return false;
    bits = item.form == Form::float64 ? std::bit_cast<std::uint64_t>(value)
                                      : std::bit_cast<std::uint32_t>(static_cast<float>(value));
    return true;
}

}  // namespace atomos::python
