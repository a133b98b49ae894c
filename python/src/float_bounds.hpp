/// \file
/// Adding to floats within bounds: what AtomicFloat, in both scopes, and views of floats share.
#pragma once

#include <cmath>

#include "reference.hpp"

namespace atomos::python {

/// A delta and bounds, as doubles.
struct FloatBounds {
    double delta = 0, lo = 0, hi = 0;
    bool narrow = false;  ///< sums are rounded to 32 bits

    /// False, with the error set: they are no numbers, or not lo <= hi.
    bool take(const char* method, const Arguments<3>& arguments) {
        if (!real(method, arguments[0], delta) || !real(method, arguments[1], lo) ||
            !real(method, arguments[2], hi)) {
            return false;
        }
        if (lo <= hi) return true;
        PyErr_Format(PyExc_ValueError, "%s(): lo has to be at most hi, not %R and %R", method,
                     arguments[1], arguments[2]);
        return false;
    }

    /// The sum; none, and no error: it is outside of the bounds, no number (NaN), or overflows.
    Ref sum(PyObject* value) const {
        const double now = sum_with(value);
        const bool overflows =
            std::isinf(now) && std::isfinite(PyFloat_AS_DOUBLE(value)) && std::isfinite(delta);
        return overflows || !(now >= lo && now <= hi) ? Ref() : Ref::taken(PyFloat_FromDouble(now));
    }
    /// The sum, or the bound that it passes; the value itself where the sum is no number.
    Ref clamped(PyObject* value) const {
        const double now = sum_with(value);
        if (std::isnan(now)) return Ref::to(value);
        return Ref::taken(PyFloat_FromDouble(now < lo ? lo : now > hi ? hi : now));
    }

  private:
    double sum_with(PyObject* value) const {
        const double now = PyFloat_AS_DOUBLE(value) + delta;
        return narrow ? static_cast<float>(now) : now;
    }

    static bool real(const char* method, PyObject* given, double& number) {
        if (!PyFloat_Check(given) && !PyLong_Check(given)) {
            PyErr_Format(PyExc_TypeError,
                         "%s(): a delta or bound has to be a float or an int, not %s", method,
                         class_name(given));
            return false;
        }
        number = PyFloat_AsDouble(given);
        return number != -1.0 || PyErr_Occurred() == nullptr;
    }
};

/// The methods, of objects whose value change(of(object), ...) replaces.
template <auto& of>
struct FloatBoundMethods {
    static PyObject* try_add(PyObject* self, PyObject* const* args, Py_ssize_t given,
                             PyObject* keywords) {
        static constexpr Signature<3> signature{"try_add", {"delta", "lo", "hi"}};
        const Arguments arguments(signature, args, given, keywords);
        FloatBounds bounds;
        if (!arguments || !bounds.take("try_add", arguments)) return nullptr;
        Change made = change(of(self), [&](PyObject* value) { return bounds.sum(value); });
        if (!made.now && PyErr_Occurred() == nullptr) Py_RETURN_NONE;
        return made.now.release();
    }
    static PyObject* add_clamped(PyObject* self, PyObject* const* args, Py_ssize_t given,
                                 PyObject* keywords) {
        static constexpr Signature<3> signature{"add_clamped", {"delta", "lo", "hi"}};
        const Arguments arguments(signature, args, given, keywords);
        FloatBounds bounds;
        if (!arguments || !bounds.take("add_clamped", arguments)) return nullptr;
        return change(of(self), [&](PyObject* value) { return bounds.clamped(value); })
            .now.release();
    }

    static PyMethodDef try_add_row() {
        return with_arguments(
            "try_add", &try_add,
            "try_add($self, /, delta, lo, hi)\n--\n\n"
            "Add, unless the sum is outside [lo, hi], is no number (NaN), or overflows: then\n"
            "return None, and nothing has changed. Otherwise return the sum.\n\n"
            "Errors     ValueError: not lo <= hi. TypeError: neither floats nor ints. Nothing\n"
            "           has changed.");
    }
    static PyMethodDef add_clamped_row() {
        return with_arguments(
            "add_clamped", &add_clamped,
            "add_clamped($self, /, delta, lo, hi)\n--\n\n"
            "Add, stop at the bounds of [lo, hi], and return the new value. A sum that is no\n"
            "number (NaN) changes nothing.\n\n"
            "Errors     As try_add().");
    }
};

}  // namespace atomos::python
