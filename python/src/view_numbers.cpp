/// \file
/// The methods of views that are of some kinds of numbers: arithmetic, bits, truth.

#include "view.hpp"

namespace atomos::python {
namespace {

/// The greater (or lesser) of the value and x. A NaN is ignored, and -0.0 is less than 0.0.
template <bool greater>
PyObject* extreme(PyObject* value, PyObject* x) {
    const int by = surpasses(x, value, greater);
    return by < 0 ? nullptr : Py_NewRef(by > 0 ? x : value);
}

PyObject* power(PyObject* base, PyObject* exponent) {
    return PyNumber_Power(base, exponent, Py_None);
}

// A change by an operator: its names, its parameter's, and the kinds that have it.
struct Add {
    static constexpr const char *now = "add_and_get", *old = "get_and_add", *parameter = "delta";
    static constexpr Kinds kinds = numbers;
    static constexpr binaryfunc of = &PyNumber_Add;
};
struct CheckedAdd : Add {
    static constexpr const char* now = "checked_add_and_get";
    static constexpr Kinds kinds = integers;
};
struct Subtract {
    static constexpr const char *now = "subtract_and_get", *old = "get_and_subtract";
    static constexpr const char* parameter = "delta";
    static constexpr Kinds kinds = numbers;
    static constexpr binaryfunc of = &PyNumber_Subtract;
};
struct Max {
    static constexpr const char *now = "max_and_get", *old = "get_and_max", *parameter = "x";
    static constexpr Kinds kinds = numbers;
    static constexpr binaryfunc of = &extreme<true>;
};
struct Min {
    static constexpr const char *now = "min_and_get", *old = "get_and_min", *parameter = "x";
    static constexpr Kinds kinds = numbers;
    static constexpr binaryfunc of = &extreme<false>;
};
struct Or {
    static constexpr const char *now = "bitwise_or_and_get", *old = "get_and_bitwise_or";
    static constexpr const char* parameter = "mask";
    static constexpr Kinds kinds = integers;
    static constexpr binaryfunc of = &PyNumber_Or;
};
struct And {
    static constexpr const char *now = "bitwise_and_and_get", *old = "get_and_bitwise_and";
    static constexpr const char* parameter = "mask";
    static constexpr Kinds kinds = integers;
    static constexpr binaryfunc of = &PyNumber_And;
};
struct Xor {
    static constexpr const char *now = "bitwise_xor_and_get", *old = "get_and_bitwise_xor";
    static constexpr const char* parameter = "mask";
    static constexpr Kinds kinds = integers;
    static constexpr binaryfunc of = &PyNumber_Xor;
};

constexpr bool now = false;
constexpr bool old = true;

template <class By, bool old>
PyObject* by_operand(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{old ? By::old : By::now, {By::parameter}};
    PyObject* const x = only_argument(signature, args, given, keywords);
    const Item* const item = x != nullptr ? writable(self, signature.method, By::kinds) : nullptr;
    if (item == nullptr) return nullptr;
    if constexpr (By::of == Max::of || By::of == Min::of) {
        // As in set(): x has to be a value.
        std::uint64_t bits = 0;
        if (!bits_of(*item, x, bits)) return nullptr;
    }
    return answer<old>(
        change(*item, [&](PyObject* value) { return Ref::taken(By::of(value, x)); }));
}

template <class By, bool old>
PyMethodDef row(const char* text) {
    return with_arguments(old ? By::old : By::now, &by_operand<By, old>, text);
}

struct Increment {
    static constexpr const char *now = "increment_and_get", *old = "get_and_increment";
    static constexpr long by = 1;
};
struct Decrement {
    static constexpr const char *now = "decrement_and_get", *old = "get_and_decrement";
    static constexpr long by = -1;
};

template <class By, bool old>
PyObject* by_one(PyObject* self, PyObject*) {
    const Item* const item = writable(self, old ? By::old : By::now, numbers);
    const Ref one = item != nullptr ? Ref::taken(PyLong_FromLong(By::by)) : Ref();
    if (!one) return nullptr;
    return answer<old>(
        change(*item, [&](PyObject* value) { return Ref::taken(PyNumber_Add(value, one.get())); }));
}

PyObject* get_and_toggle(PyObject* self, PyObject*) {
    const Item* const item = writable(self, "get_and_toggle", truths);
    if (item == nullptr) return nullptr;
    return answer<old>(change(
        *item, [](PyObject* value) { return Ref::to(value == Py_True ? Py_False : Py_True); }));
}

/// An operator that changes the item, atomically.
template <binaryfunc operation, int kinds>
PyObject* in_place(PyObject* self, PyObject* operand) {
    const Item* const item = readable(self);
    if (item == nullptr) return nullptr;
    const Kinds kind = kind_of(item->form);
    if ((kind & kinds) == 0 || (kind == truths && !PyBool_Check(operand))) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    if (writable(self) == nullptr) return nullptr;
    const Change made =
        change(*item, [&](PyObject* value) { return Ref::taken(operation(value, operand)); });
    return made.now ? Py_NewRef(self) : nullptr;
}
PyObject* in_place_power(PyObject* self, PyObject* exponent, PyObject*) {
    return in_place<&power, numbers>(self, exponent);
}

}  // namespace

PyMethodDef view_number_methods[] = {
    row<Add, now>("add_and_get($self, /, delta)\n--\n\n"
                  "Add, and return the sum.\n\n"
                  "Errors     OverflowError: beyond the format's width. TypeError. Nothing has "
                  "changed."),
    row<Add, old>("get_and_add($self, /, delta)\n--\n\nAdd, and return the value before."),
    row<CheckedAdd, now>("checked_add_and_get($self, /, delta)\n--\n\nAs add_and_get()."),
    row<Subtract, now>(
        "subtract_and_get($self, /, delta)\n--\n\nSubtract, and return the difference."),
    row<Subtract, old>(
        "get_and_subtract($self, /, delta)\n--\n\nSubtract, and return the value before."),
    without_arguments("increment_and_get", &by_one<Increment, now>,
                      "increment_and_get($self, /)\n--\n\nAdd 1, and return the sum."),
    without_arguments("get_and_increment", &by_one<Increment, old>,
                      "get_and_increment($self, /)\n--\n\nAdd 1, and return the value before."),
    without_arguments("decrement_and_get", &by_one<Decrement, now>,
                      "decrement_and_get($self, /)\n--\n\nSubtract 1, and return the difference."),
    without_arguments(
        "get_and_decrement", &by_one<Decrement, old>,
        "get_and_decrement($self, /)\n--\n\nSubtract 1, and return the value before."),
    row<Max, now>("max_and_get($self, /, x)\n--\n\n"
                  "Replace the value by the greater of it and x, and return that.\n\n"
                  "A NaN is ignored, and -0.0 is less than 0.0."),
    row<Max, old>("get_and_max($self, /, x)\n--\n\n"
                  "As max_and_get(), but return the value before."),
    row<Min, now>("min_and_get($self, /, x)\n--\n\n"
                  "Replace the value by the lesser of it and x, and return that.\n\n"
                  "A NaN is ignored, and -0.0 is less than 0.0."),
    row<Min, old>("get_and_min($self, /, x)\n--\n\n"
                  "As min_and_get(), but return the value before."),
    row<Or, now>("bitwise_or_and_get($self, /, mask)\n--\n\n"
                 "Replace the value by value | mask, and return that."),
    row<Or, old>("get_and_bitwise_or($self, /, mask)\n--\n\n"
                 "Replace the value by value | mask, and return the one before."),
    row<And, now>("bitwise_and_and_get($self, /, mask)\n--\n\n"
                  "Replace the value by value & mask, and return that."),
    row<And, old>("get_and_bitwise_and($self, /, mask)\n--\n\n"
                  "Replace the value by value & mask, and return the one before."),
    row<Xor, now>("bitwise_xor_and_get($self, /, mask)\n--\n\n"
                  "Replace the value by value ^ mask, and return that."),
    row<Xor, old>("get_and_bitwise_xor($self, /, mask)\n--\n\n"
                  "Replace the value by value ^ mask, and return the one before."),
    without_arguments("get_and_toggle", &get_and_toggle,
                      "get_and_toggle($self, /)\n--\n\n"
                      "Negate the value, and return the one before."),
    {},
};

PyType_Slot view_in_place[] = {
    {Py_nb_inplace_add, slot(&in_place<PyNumber_Add, numbers>)},
    {Py_nb_inplace_subtract, slot(&in_place<PyNumber_Subtract, numbers>)},
    {Py_nb_inplace_multiply, slot(&in_place<PyNumber_Multiply, numbers>)},
    {Py_nb_inplace_true_divide, slot(&in_place<PyNumber_TrueDivide, numbers>)},
    {Py_nb_inplace_floor_divide, slot(&in_place<PyNumber_FloorDivide, numbers>)},
    {Py_nb_inplace_remainder, slot(&in_place<PyNumber_Remainder, numbers>)},
    {Py_nb_inplace_power, slot(&in_place_power)},
    {Py_nb_inplace_lshift, slot(&in_place<PyNumber_Lshift, integers>)},
    {Py_nb_inplace_rshift, slot(&in_place<PyNumber_Rshift, integers>)},
    {Py_nb_inplace_and, slot(&in_place<PyNumber_And, integers | truths>)},
    {Py_nb_inplace_or, slot(&in_place<PyNumber_Or, integers | truths>)},
    {Py_nb_inplace_xor, slot(&in_place<PyNumber_Xor, integers | truths>)},
    {},
};

}  // namespace atomos::python
