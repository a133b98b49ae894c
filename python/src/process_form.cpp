/// \file
/// The forms of numbers in shared memory.

#include "process_form.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace atomos::python {
namespace {

using process::Kind;

constexpr std::array<process::Type, forms> types{{
    {Kind::number, "int64", 8, 8},
    {Kind::number, "int8", 1, 1},
    {Kind::number, "int16", 2, 2},
    {Kind::number, "int32", 4, 4},
    {Kind::number, "int64", 8, 8},
    {Kind::number, "uint8", 1, 1},
    {Kind::number, "uint16", 2, 2},
    {Kind::number, "uint32", 4, 4},
    {Kind::number, "uint64", 8, 8},
    {Kind::number, "float32", 4, 4},
    {Kind::number, "float64", 8, 8},
    {Kind::boolean, "bool", 1, 1},
    {Kind::number, "uint8", 1, 1},
    {Kind::number, "uint32", 4, 4},
}};

template <class T>
constexpr Form integer() {
    constexpr auto first = std::is_signed_v<T> ? Form::int8 : Form::uint8;
    return static_cast<Form>(static_cast<unsigned>(first) + std::countr_zero(sizeof(T)));
}

/// The form of ctypes' code for a type, which is also the typecode.
bool form_of_code(char code, Form& form) {
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

bool refuse_type(PyObject* met) {
    if (PyErr_Occurred() != nullptr) return false;
    constexpr const char* allowed =
        "a typecode of \"cubBhHiIlLqQfd?g\" or a simple ctypes type without pointers is";
    if (PyUnicode_CheckExact(met)) {
        PyErr_Format(PyExc_TypeError, "%.50R is no type for a shared number; %s", met, allowed);
    } else {
        const bool is_type = PyType_Check(met);
        auto* const type = is_type ? reinterpret_cast<PyTypeObject*>(met) : Py_TYPE(met);
        PyErr_Format(PyExc_TypeError, "%s%.200s is no type for a shared number; %s",
                     is_type ? "" : "an instance of ", type->tp_name, allowed);
    }
    return false;
}

/// Sets OverflowError. It says the number, if that is short enough to be read.
bool refuse_size(PyObject* met) {
    constexpr const char* allowed =
        "[-9223372036854775808, 9223372036854775807]; nothing was changed";
    const Ref bits = Ref::taken(
        PyObject_CallMethod(reinterpret_cast<PyObject*>(&PyLong_Type), "bit_length", "O", met));
    const long long length = bits ? PyLong_AsLongLong(bits.get()) : -1;
    if (length < 0) return false;
    const Ref text = length > 1000 ? Ref::taken(PyUnicode_FromFormat("an int of %lld bits", length))
                                   : Ref::taken(PyLong_Type.tp_repr(met));
    if (text) PyErr_Format(PyExc_OverflowError, "%U is outside %s", text.get(), allowed);
    return false;
}

bool refuse(const char* wanted, PyObject* met) {
    PyErr_Format(PyExc_TypeError, "%s is needed, not %.200s", wanted, Py_TYPE(met)->tp_name);
    return false;
}

bool exact_bits(PyObject* object, std::uint64_t& bits) {
    if (!PyLong_Check(object)) return refuse("an int", object);
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) return refuse_size(object);
    bits = static_cast<std::uint64_t>(value);
    return value != -1 || PyErr_Occurred() == nullptr;
}

bool wrapped_bits(std::uint64_t size, PyObject* object, std::uint64_t& bits) {
    if (!PyLong_Check(object)) return refuse("an int", object);
    bits = PyLong_AsUnsignedLongLongMask(object);
    if (bits == ~std::uint64_t{0} && PyErr_Occurred() != nullptr) return false;
    if (size < sizeof bits) bits &= (std::uint64_t{1} << (size * 8)) - 1;
    return true;
}

bool float_bits(Form form, PyObject* object, std::uint64_t& bits) {
    const double value = PyFloat_AsDouble(object);
    if (value == -1.0 && PyErr_Occurred() != nullptr) return false;
    bits = form == Form::float64 ? std::bit_cast<std::uint64_t>(value)
                                 : std::bit_cast<std::uint32_t>(static_cast<float>(value));
    return true;
}

bool character_bits(PyObject* object, std::uint64_t& bits) {
    if (PyBytes_Check(object) && PyBytes_GET_SIZE(object) == 1) {
        bits = static_cast<unsigned char>(PyBytes_AS_STRING(object)[0]);
        return true;
    }
    if (PyByteArray_Check(object) && PyByteArray_Size(object) == 1) {
        bits = static_cast<unsigned char>(PyByteArray_AsString(object)[0]);
        return true;
    }
    if (PyLong_Check(object)) {
        int overflow = 0;
        const long value = PyLong_AsLongAndOverflow(object, &overflow);
        if (overflow == 0 && value >= 0 && value < 256) {
            bits = static_cast<std::uint64_t>(value);
            return true;
        }
    }
    return refuse("a bytes of length 1, or an int from 0 to 255,", object);
}

bool wide_bits(PyObject* object, std::uint64_t& bits) {
    if (!PyUnicode_Check(object) || PyUnicode_GetLength(object) != 1) {
        return refuse("a str of length 1", object);
    }
    bits = PyUnicode_ReadChar(object, 0);
    return true;
}

}  // namespace

process::Type type_of(Form form) noexcept { return types[static_cast<unsigned>(form)]; }

bool form_of(PyObject* given, Form& form) {
    if (PyUnicode_Check(given)) {
        const bool one = PyUnicode_GetLength(given) == 1;
        const Py_UCS4 code = one ? PyUnicode_ReadChar(given, 0) : 0;
        return (code < 128 && form_of_code(static_cast<char>(code), form)) || refuse_type(given);
    }
    if (!PyType_Check(given)) return refuse_type(given);
    const Ref ctypes = Ref::taken(PyImport_ImportModule("_ctypes"));
    if (!ctypes) return false;
    const Ref simple = Ref::taken(PyObject_GetAttrString(ctypes.get(), "_SimpleCData"));
    if (!simple) return false;
    const int derived = PyObject_IsSubclass(given, simple.get());
    if (derived <= 0) return refuse_type(given);
    const Ref code = Ref::taken(PyObject_GetAttrString(given, "_type_"));
    if (!code || !PyUnicode_Check(code.get())) {
        PyErr_Clear();
        return refuse_type(given);
    }
    return (PyUnicode_GetLength(code.get()) == 1 &&
            form_of_code(static_cast<char>(PyUnicode_ReadChar(code.get(), 0)), form)) ||
           refuse_type(given);
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

bool bits_of(Form form, PyObject* object, std::uint64_t& bits) {
    switch (form) {
        case Form::exact:
            return exact_bits(object, bits);
        case Form::float32:
        case Form::float64:
            return float_bits(form, object, bits);
        case Form::truth: {
            const int truth = PyObject_IsTrue(object);
            bits = truth > 0 ? 1 : 0;
            return truth >= 0;
        }
        case Form::character:
            return character_bits(object, bits);
        case Form::wide:
            return wide_bits(object, bits);
        default:
            return wrapped_bits(type_of(form).size, object, bits);
    }
}

}  // namespace atomos::python
