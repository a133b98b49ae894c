/// \file
/// try_add and add_clamped of views.

#include "float_bounds.hpp"
#include "view.hpp"

namespace atomos::python {
namespace {

/// A delta and bounds of ints.
struct IntBounds {
    PyObject *delta, *lo, *hi;

    /// False, with the error set: they are no ints, or lo > hi.
    bool checked(const char* method) const {
        for (PyObject* each : {delta, lo, hi}) {
            if (PyLong_Check(each)) continue;
            PyErr_Format(PyExc_TypeError, "%s(): a delta or bound has to be an int, not %s", method,
                         class_name(each));
            return false;
        }
        const int reversed = PyObject_RichCompareBool(lo, hi, Py_GT);
        if (reversed > 0) {
            PyErr_Format(PyExc_ValueError, "%s(): lo has to be at most hi, not %R and %R", method,
                         lo, hi);
        }
        return reversed == 0;
    }

    /// The sum, or the bound that it passes; `outside` says whether it passes one. None: an error is set.
    Ref clamped(PyObject* value, bool& outside) const {
        Ref sum = Ref::taken(PyNumber_Add(value, delta));
        if (!sum) return sum;
        const int below = PyObject_RichCompareBool(sum.get(), lo, Py_LT);
        const int above = below == 0 ? PyObject_RichCompareBool(sum.get(), hi, Py_GT) : 0;
        if (below < 0 || above < 0) return {};
        outside = below > 0 || above > 0;
        return below > 0 ? Ref::to(lo) : above > 0 ? Ref::to(hi) : std::move(sum);
    }
};

/// Whether the item can hold an int. -1: an error is set, and it is not the int's size.
int holds(const Item& item, PyObject* sum) {
    std::uint64_t bits = 0;
    if (bits_of(item, sum, bits)) return 1;
    if (PyErr_ExceptionMatches(PyExc_OverflowError) == 0) return -1;
    PyErr_Clear();
    return 0;
}

PyObject* try_add(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<3> signature{"try_add", {"delta", "lo", "hi"}};
    const Arguments arguments(signature, args, given, keywords);
    const Item* const item = arguments ? writable(self, "try_add", numbers) : nullptr;
    if (item == nullptr) return nullptr;
    Change made;
    if (kind_of(item->form) == floats) {
        FloatBounds bounds{.narrow = item->form == Form::float32};
        if (!bounds.take("try_add", arguments)) return nullptr;
        made = change(*item, [&](PyObject* value) { return bounds.sum(value); });
    } else {
        const IntBounds bounds{arguments[0], arguments[1], arguments[2]};
        if (!bounds.checked("try_add")) return nullptr;
        made = change(*item, [&](PyObject* value) {
            bool outside = false;
            Ref sum = bounds.clamped(value, outside);
            return !sum || outside || holds(*item, sum.get()) <= 0 ? Ref() : std::move(sum);
        });
    }
    if (!made.now && PyErr_Occurred() == nullptr) Py_RETURN_NONE;
    return made.now.release();
}

PyObject* add_clamped(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<3> signature{"add_clamped", {"delta", "lo", "hi"}};
    const Arguments arguments(signature, args, given, keywords);
    const Item* const item = arguments ? writable(self, "add_clamped", numbers) : nullptr;
    if (item == nullptr) return nullptr;
    if (kind_of(item->form) == floats) {
        FloatBounds bounds{.narrow = item->form == Form::float32};
        if (!bounds.take("add_clamped", arguments)) return nullptr;
        return change(*item, [&](PyObject* value) { return bounds.clamped(value); }).now.release();
    }
    const IntBounds bounds{arguments[0], arguments[1], arguments[2]};
    if (!bounds.checked("add_clamped")) return nullptr;
    return change(*item,
                  [&](PyObject* value) {
                      bool outside = false;
                      return bounds.clamped(value, outside);
                  })
        .now.release();
}

}  // namespace

PyMethodDef view_bound_methods[] = {
    with_arguments(
        "try_add", &try_add,
        "try_add($self, /, delta, lo, hi)\n--\n\n"
        "Add, unless the sum is outside [lo, hi] or the format's width, or is no number\n"
        "(NaN): then return None, and nothing has changed. Otherwise return the sum.\n\n"
        "Errors     ValueError: not lo <= hi. TypeError. Nothing has changed."),
    with_arguments(
        "add_clamped", &add_clamped,
        "add_clamped($self, /, delta, lo, hi)\n--\n\n"
        "Add, stop at the bounds of [lo, hi], and return the new value. A sum that is no\n"
        "number (NaN) changes nothing.\n\n"
        "Errors     As try_add(). OverflowError: a bound that would have to be stored is\n"
        "           beyond the format's width."),
    {},
};

}  // namespace atomos::python
