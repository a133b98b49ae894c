/// \file
/// The forms of numbers that are words of memory.

#include "word_form.hpp"

#include <bit>
#include <type_traits>

namespace atomos::python {
namespace {

template <class T>
constexpr Form integer() {
    constexpr auto first = std::is_signed_v<T> ? Form::int8 : Form::uint8;
    return static_cast<Form>(static_cast<unsigned>(first) + std::countr_zero(sizeof(T)));
}

}  // namespace

std::size_t size_of(Form form) noexcept {
    switch (form) {
        case Form::int8:
        case Form::uint8:
        case Form::truth:
        case Form::character:
            return 1;
        case Form::int16:
        case Form::uint16:
            return 2;
        case Form::int32:
        case Form::uint32:
        case Form::float32:
        case Form::wide:
            return 4;
        case Form::exact:
        case Form::int64:
        case Form::uint64:
        case Form::float64:
            return 8;
    }
    Py_UNREACHABLE();
}

bool form_of_code(char code, Form& form) noexcept {
    switch (code) {
        case 'c':
            form = Form::character;
            return true;
        case 'u':
            form = Form::wide;
            return true;
        case '?':
            form = Form::truth;
            return true;
        case 'b':
            form = integer<signed char>();
            return true;
        case 'B':
            form = integer<unsigned char>();
            return true;
        case 'h':
            form = integer<short>();
            return true;
        case 'H':
            form = integer<unsigned short>();
            return true;
        case 'i':
            form = integer<int>();
            return true;
        case 'I':
            form = integer<unsigned>();
            return true;
        case 'l':
            form = integer<long>();
            return true;
        case 'L':
            form = integer<unsigned long>();
            return true;
        case 'q':
            form = integer<long long>();
            return true;
        case 'Q':
            form = integer<unsigned long long>();
            return true;
        case 'f':
            form = Form::float32;
            return true;
        case 'd':
        case 'g':
            form = Form::float64;
            return true;
        default:
            return false;
    }
}

Ref object_of(Form form, std::uint64_t bits) {
    switch (form) {
        case Form::exact:
        case Form::int64:
            return Ref::taken(PyLong_FromLongLong(static_cast<std::int64_t>(bits)));
        case Form::int8:
            return Ref::taken(PyLong_FromLong(static_cast<std::int8_t>(bits)));
        case Form::int16:
            return Ref::taken(PyLong_FromLong(static_cast<std::int16_t>(bits)));
        case Form::int32:
            return Ref::taken(PyLong_FromLong(static_cast<std::int32_t>(bits)));
        case Form::uint8:
        case Form::uint16:
        case Form::uint32:
        case Form::uint64:
            return Ref::taken(PyLong_FromUnsignedLongLong(bits));
        case Form::float32:
            return Ref::taken(
                PyFloat_FromDouble(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
        case Form::float64:
            return Ref::taken(PyFloat_FromDouble(std::bit_cast<double>(bits)));
        case Form::truth:
            return Ref::to(bits != 0 ? Py_True : Py_False);
        case Form::character: {
            const char text = static_cast<char>(bits);
            return Ref::taken(PyBytes_FromStringAndSize(&text, 1));
        }
        case Form::wide:
            return Ref::taken(PyUnicode_FromOrdinal(static_cast<int>(bits)));
    }
    Py_UNREACHABLE();
}

bool refuse_size(PyObject* met, const char* allowed) {
    const Ref bits = Ref::taken(
        PyObject_CallMethod(reinterpret_cast<PyObject*>(&PyLong_Type), "bit_length", "O", met));
    const long long length = bits ? PyLong_AsLongLong(bits.get()) : -1;
    if (length < 0) return false;
    const Ref text = length > 1000 ? Ref::taken(PyUnicode_FromFormat("an int of %lld bits", length))
                                   : Ref::taken(PyLong_Type.tp_repr(met));
    if (text) {
        PyErr_Format(PyExc_OverflowError, "%U is outside %s; nothing was changed", text.get(),
                     allowed);
    }
    return false;
}

}  // namespace atomos::python
