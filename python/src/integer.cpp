/// \file
/// AtomicInteger and AtomicLong.

#include "number.hpp"

namespace atomos::python {
namespace {

/// The names of the bitwise methods.
template <binaryfunc operation>
struct Bitwise;
template <>
struct Bitwise<PyNumber_Or> {
    static constexpr const char *now = "bitwise_or_and_get", *old = "get_and_bitwise_or";
};
template <>
struct Bitwise<PyNumber_And> {
    static constexpr const char *now = "bitwise_and_and_get", *old = "get_and_bitwise_and";
};
template <>
struct Bitwise<PyNumber_Xor> {
    static constexpr const char *now = "bitwise_xor_and_get", *old = "get_and_bitwise_xor";
};

template <binaryfunc operation, Wanted wanted>
PyObject* bitwise(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{
        wanted == Wanted::now ? Bitwise<operation>::now : Bitwise<operation>::old, {"mask"}};
    PyObject* const mask = only_argument(signature, args, given, keywords);
    return mask != nullptr ? Operation<operation>::apply(reference(self), mask, wanted) : nullptr;
}

/// left < right, or another comparison. Errors: as PyObject_RichCompareBool.
int compares(PyObject* left, PyObject* right, int how) {
    return PyObject_RichCompareBool(left, right, how);
}

/// The bounds of try_add and add_clamped. False: they are none, and the error is set.
bool are_bounds(Reference& self, const char* method, PyObject* lo, PyObject* hi) {
    if (!accepts(self, lo) || !accepts(self, hi)) return false;
    const int reversed = compares(lo, hi, Py_GT);
    if (reversed > 0) {
        PyErr_Format(PyExc_ValueError, "%s(): lo has to be at most hi, not %R and %R", method, lo,
                     hi);
    }
    return reversed == 0;
}

PyObject* try_add(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<3> signature{"try_add", {"delta", "lo", "hi"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    PyObject *const delta = arguments[0], *const lo = arguments[1], *const hi = arguments[2];
    if (!are_bounds(reference(self), "try_add", lo, hi)) return nullptr;
    bool outside = false;
    Change made = change(reference(self), [&](PyObject* value) {
        Ref sum = Ref::taken(PyNumber_Add(value, delta));
        if (!sum || !accepts(reference(self), sum.get())) return Ref();
        const int below = compares(sum.get(), lo, Py_LT);
        const int above = below == 0 ? compares(sum.get(), hi, Py_GT) : 0;
        if (below < 0 || above < 0) return Ref();
        outside = below > 0 || above > 0;
        return outside ? Ref() : std::move(sum);
    });
    if (outside) Py_RETURN_NONE;
    return made.now.release();
}

PyObject* add_clamped(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<3> signature{"add_clamped", {"delta", "lo", "hi"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    PyObject *const delta = arguments[0], *const lo = arguments[1], *const hi = arguments[2];
    if (!are_bounds(reference(self), "add_clamped", lo, hi)) return nullptr;
    Change made = change(reference(self), [&](PyObject* value) {
        Ref sum = Ref::taken(PyNumber_Add(value, delta));
        if (!sum || !accepts(reference(self), sum.get())) return Ref();
        const int below = compares(sum.get(), lo, Py_LT);
        const int above = below == 0 ? compares(sum.get(), hi, Py_GT) : 0;
        if (below < 0 || above < 0) return Ref();
        return below > 0 ? Ref::to(lo) : above > 0 ? Ref::to(hi) : std::move(sum);
    });
    return made.now.release();
}

PyObject* checked_add_and_get(PyObject* self, PyObject* const* args, Py_ssize_t given,
                              PyObject* keywords) {
    static constexpr Signature<1> signature{"checked_add_and_get", {"delta"}};
    PyObject* const delta = only_argument(signature, args, given, keywords);
    return delta != nullptr ? add<1, Wanted::now>(reference(self), delta) : nullptr;
}

PyMethodDef integer_methods[] = {
    with_arguments("bitwise_or_and_get", &bitwise<PyNumber_Or, Wanted::now>,
                   "bitwise_or_and_get($self, /, mask)\n--\n\nReplace the value by value | mask, "
                   "and return that."),
    with_arguments("bitwise_and_and_get", &bitwise<PyNumber_And, Wanted::now>,
                   "bitwise_and_and_get($self, /, mask)\n--\n\nReplace the value by value & mask, "
                   "and return that."),
    with_arguments("bitwise_xor_and_get", &bitwise<PyNumber_Xor, Wanted::now>,
                   "bitwise_xor_and_get($self, /, mask)\n--\n\nReplace the value by value ^ mask, "
                   "and return that."),
    with_arguments("get_and_bitwise_or", &bitwise<PyNumber_Or, Wanted::old>,
                   "get_and_bitwise_or($self, /, mask)\n--\n\nReplace the value by value | mask, "
                   "and return the one before."),
    with_arguments("get_and_bitwise_and", &bitwise<PyNumber_And, Wanted::old>,
                   "get_and_bitwise_and($self, /, mask)\n--\n\nReplace the value by value & mask, "
                   "and return the one before."),
    with_arguments("get_and_bitwise_xor", &bitwise<PyNumber_Xor, Wanted::old>,
                   "get_and_bitwise_xor($self, /, mask)\n--\n\nReplace the value by value ^ mask, "
                   "and return the one before."),
    with_arguments("try_add", &try_add,
                   "try_add($self, /, delta, lo, hi)\n--\n\n"
                   "Add, unless the sum is outside [lo, hi]: then return None, and nothing has\n"
                   "changed. Otherwise return the sum.\n\n"
                   "Errors     ValueError: lo > hi. TypeError: no ints. Nothing has changed."),
    with_arguments("add_clamped", &add_clamped,
                   "add_clamped($self, /, delta, lo, hi)\n--\n\n"
                   "Add, stop at the bounds of [lo, hi], and return the new value.\n\n"
                   "Errors     As try_add()."),
    with_arguments("checked_add_and_get", &checked_add_and_get,
                   "checked_add_and_get($self, /, delta)\n--\n\n"
                   "As add_and_get(): an int of threads has no bounds that it could leave."),
    {},
};

/// AtomicInteger and AtomicLong differ in their names.
#define ATOMOS_INTEGER_SLOTS(NAME)                                                               \
    {                                                                                            \
        {Py_tp_doc, const_cast<char*>(                                                           \
                        NAME "(value=0)\n--\n\n"                                                 \
                             "An int without bounds, with the methods of AtomicNumber.\n\n"      \
                             "Progress   Lock-free.\n"                                           \
                             "Errors     TypeError: not an int; nothing has changed.\n"          \
                             "Source     java.util.concurrent.atomic." NAME "; atomos 0.3.1.")}, \
        {Py_tp_new, slot(&make_reference<Kind::integer>)},                                       \
        {Py_tp_methods, nullptr},                                                                \
        {Py_nb_inplace_or, slot(&Operation<PyNumber_Or>::in_place)},                             \
        {Py_nb_inplace_and, slot(&Operation<PyNumber_And>::in_place)},                           \
        {Py_nb_inplace_xor, slot(&Operation<PyNumber_Xor>::in_place)},                           \
        {Py_nb_inplace_lshift, slot(&Operation<PyNumber_Lshift>::in_place)},                     \
        {Py_nb_inplace_rshift, slot(&Operation<PyNumber_Rshift>::in_place)},                     \
        ATOMOS_LIFE,                                                                             \
        {},                                                                                      \
    }

PyType_Slot integer_slots[] = ATOMOS_INTEGER_SLOTS("AtomicInteger");
PyType_Slot long_slots[] = ATOMOS_INTEGER_SLOTS("AtomicLong");

PyType_Spec integer_spec{"atomos.atomic.AtomicInteger", sizeof(Reference), 0, number_flags,
                         integer_slots};
PyType_Spec long_spec{"atomos.atomic.AtomicLong", sizeof(Reference), 0, number_flags, long_slots};

}  // namespace

bool add_integers(PyObject* module, PyTypeObject* base) {
    static std::vector<PyMethodDef> rows =
        joined({reference_methods, number_methods, integer_methods});
    static const bool ready =
        (put_methods(integer_slots, rows), put_methods(long_slots, rows), true);
    return ready && add_type(module, integer_spec, base) != nullptr &&
           add_type(module, long_spec, base) != nullptr;
}

}  // namespace atomos::python
