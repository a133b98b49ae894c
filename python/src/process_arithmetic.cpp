/// \file
/// AtomicNumber and AtomicFloat of the process scope: arithmetic by Python's own operators.

#include <cmath>

#include "float_bounds.hpp"
#include "process_number.hpp"

namespace atomos::python {
namespace {

/// A change by a binary operator on the value and an operand.
template <binaryfunc operation, Wants wants>
struct ByOperand {
    template <const char* const& name>
    static PyObject* call(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
        static constexpr Signature<1> signature{name, {"delta"}};
        const Arguments arguments(signature, args, given, keywords);
        return arguments ? of(self, arguments[0]) : nullptr;
    }
    static PyObject* of(PyObject* self, PyObject* operand) {
        return answer<wants>(change(shared_number(self), [&](PyObject* value) {
            return Ref::taken(operation(value, operand));
        }));
    }
};

constexpr const char* add_and_get = "add_and_get";
constexpr const char* get_and_add = "get_and_add";
constexpr const char* subtract_and_get = "subtract_and_get";
constexpr const char* get_and_subtract = "get_and_subtract";
constexpr const char* max_and_get = "max_and_get";
constexpr const char* get_and_max = "get_and_max";
constexpr const char* min_and_get = "min_and_get";
constexpr const char* get_and_min = "get_and_min";

/// By one more, or less.
template <binaryfunc operation, Wants wants>
PyObject* by_one(PyObject* self, PyObject*) {
    const Ref one = Ref::taken(PyLong_FromLong(1));
    return one ? ByOperand<operation, wants>::of(self, one.get()) : nullptr;
}

bool is_nan(PyObject* value) {
    return PyFloat_Check(value) && std::isnan(PyFloat_AS_DOUBLE(value));
}
bool is_negative_zero(PyObject* value) {
    return PyFloat_Check(value) && PyFloat_AS_DOUBLE(value) == 0 &&
           std::signbit(PyFloat_AS_DOUBLE(value));
}

/// The greater (Py_GT) or the lesser (Py_LT) of the value and x. A NaN is ignored, and -0.0 is less than 0.0.
template <int better>
PyObject* extreme(PyObject* value, PyObject* x) {
    if (is_nan(value)) return Py_NewRef(x);
    if (is_nan(x)) return Py_NewRef(value);
    const int wins = PyObject_RichCompareBool(x, value, better);
    if (wins < 0) return nullptr;
    if (wins > 0) return Py_NewRef(x);
    const bool signs_differ = is_negative_zero(value) != is_negative_zero(x);
    if (signs_differ && PyFloat_Check(value) && PyFloat_AS_DOUBLE(value) == 0) {
        const int equal = PyObject_RichCompareBool(x, value, Py_EQ);
        if (equal < 0) return nullptr;
        if (equal > 0 && is_negative_zero(better == Py_GT ? value : x)) return Py_NewRef(x);
    }
    return Py_NewRef(value);
}

PyObject* power(PyObject* base, PyObject* exponent) {
    return PyNumber_Power(base, exponent, Py_None);
}

/// An operator that changes the value, atomically.
template <binaryfunc operation>
PyObject* in_place(PyObject* self, PyObject* operand) {
    const Ref done = Ref::taken(ByOperand<operation, Wants::now>::of(self, operand));
    return done ? Py_NewRef(self) : nullptr;
}
PyObject* in_place_power(PyObject* self, PyObject* exponent, PyObject*) {
    return in_place<&power>(self, exponent);
}

template <binaryfunc operation, Wants wants, const char* const& name>
PyMethodDef row(const char* text) {
    return with_arguments(name, &ByOperand<operation, wants>::template call<name>, text);
}

PyMethodDef methods[] = {
    row<PyNumber_Add, Wants::now, add_and_get>(
        "add_and_get($self, /, delta)\n--\n\n"
        "Add, and return the new value.\n\n"
        "Errors     TypeError; OverflowError where the class does not wrap. Nothing has changed."),
    row<PyNumber_Add, Wants::old, get_and_add>(
        "get_and_add($self, /, delta)\n--\n\nAdd, and return the old value."),
    row<PyNumber_Subtract, Wants::now, subtract_and_get>(
        "subtract_and_get($self, /, delta)\n--\n\nSubtract, and return the new value."),
    row<PyNumber_Subtract, Wants::old, get_and_subtract>(
        "get_and_subtract($self, /, delta)\n--\n\nSubtract, and return the old value."),
    without_arguments("increment_and_get", &by_one<PyNumber_Add, Wants::now>,
                      "increment_and_get($self, /)\n--\n\nAdd one, and return the new value."),
    without_arguments("get_and_increment", &by_one<PyNumber_Add, Wants::old>,
                      "get_and_increment($self, /)\n--\n\nAdd one, and return the old value."),
    without_arguments("decrement_and_get", &by_one<PyNumber_Subtract, Wants::now>,
                      "decrement_and_get($self, /)\n--\n\nSubtract one, and return the new value."),
    without_arguments("get_and_decrement", &by_one<PyNumber_Subtract, Wants::old>,
                      "get_and_decrement($self, /)\n--\n\nSubtract one, and return the old value."),
    row<&extreme<Py_GT>, Wants::now, max_and_get>(
        "max_and_get($self, /, x)\n--\n\n"
        "Keep the greater of the value and x, and return it. A NaN is ignored."),
    row<&extreme<Py_GT>, Wants::old, get_and_max>(
        "get_and_max($self, /, x)\n--\n\nAs max_and_get(); return the old value."),
    row<&extreme<Py_LT>, Wants::now, min_and_get>(
        "min_and_get($self, /, x)\n--\n\n"
        "Keep the lesser of the value and x, and return it. A NaN is ignored."),
    row<&extreme<Py_LT>, Wants::old, get_and_min>(
        "get_and_min($self, /, x)\n--\n\nAs min_and_get(); return the old value."),
    {},
};

template <binaryfunc operation>
void* slot() {
    return reinterpret_cast<void*>(&in_place<operation>);
}

PyType_Slot slots[] = {
    {Py_tp_doc,
     const_cast<char*>(
         "AtomicNumber(typecode_or_type=None, value=None, *, region=None, name=None)\n--\n\n"
         "A number of a simple ctypes type in shared memory; it wraps as that type does.\n\n"
         "+=, -=, *=, /=, //=, %=, **= and, for ints, <<=, >>=, &=, |= and ^= are atomic.")},
    {Py_tp_methods, methods},
    {Py_nb_inplace_add, slot<PyNumber_Add>()},
    {Py_nb_inplace_subtract, slot<PyNumber_Subtract>()},
    {Py_nb_inplace_multiply, slot<PyNumber_Multiply>()},
    {Py_nb_inplace_true_divide, slot<PyNumber_TrueDivide>()},
    {Py_nb_inplace_floor_divide, slot<PyNumber_FloorDivide>()},
    {Py_nb_inplace_remainder, slot<PyNumber_Remainder>()},
    {Py_nb_inplace_power, reinterpret_cast<void*>(&in_place_power)},
    {Py_nb_inplace_lshift, slot<PyNumber_Lshift>()},
    {Py_nb_inplace_rshift, slot<PyNumber_Rshift>()},
    {Py_nb_inplace_and, slot<PyNumber_And>()},
    {Py_nb_inplace_or, slot<PyNumber_Or>()},
    {Py_nb_inplace_xor, slot<PyNumber_Xor>()},
    {},
};

PyType_Spec spec{"atomos.multiprocessing.atomic.AtomicNumber", sizeof(SharedNumber), 0,
                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

PyMethodDef shared_float_methods[] = {
    FloatBoundMethods<shared_number>::try_add_row(),
    FloatBoundMethods<shared_number>::add_clamped_row(),
    {},
};

PyType_Slot float_slots[] = {
    {Py_tp_doc, const_cast<char*>("AtomicFloat(value=0.0, *, region=None, name=None)\n--\n\n"
                                  "A double in shared memory. It takes ints, too.")},
    {Py_tp_init, reinterpret_cast<void*>(&initialise_number<Form::float64>)},
    {Py_tp_methods, shared_float_methods},
    {},
};

PyType_Spec float_spec{"atomos.multiprocessing.atomic.AtomicFloat", sizeof(SharedNumber), 0,
                       Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, float_slots};

}  // namespace

PyTypeObject* add_process_numbers(PyObject* module, PyTypeObject* base) {
    PyTypeObject* const numbers = add_process_type(module, spec, base);
    if (numbers == nullptr) return nullptr;
    return add_process_type(module, float_spec, numbers) != nullptr ? numbers : nullptr;
}

}  // namespace atomos::python
