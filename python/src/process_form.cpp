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

bool refuse(const char* wanted, PyObject* met) {
    PyErr_Format(PyExc_TypeError, "%s is needed, not %.200s", wanted, Py_TYPE(met)->tp_name);
    return false;
}

bool exact_bits(PyObject* object, std::uint64_t& bits) {
    if (!PyLong_Check(object)) return refuse("an int", object);
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) {
        return refuse_size(object, "[-9223372036854775808, 9223372036854775807]");
    }
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
