/// \file
/// Bounds: set_if_less and set_if_greater of the process scope's numbers, try_add and add_clamped of its
/// integers.

#include "process_number.hpp"

namespace atomos::python {
namespace {

/// Adding within bounds: the parameters delta, lo and hi.
struct Bounded {
    PyObject *delta, *lo, *hi;

    bool checked() const {
        for (PyObject* each : {delta, lo, hi}) {
            if (PyLong_Check(each)) continue;
            PyErr_Format(PyExc_TypeError, "an int is needed, not %.200s", Py_TYPE(each)->tp_name);
            return false;
        }
        const int turned = PyObject_RichCompareBool(lo, hi, Py_GT);
        if (turned > 0) {
            PyErr_Format(PyExc_ValueError, "lo is %R and hi is %R; lo <= hi is needed", lo, hi);
        }
        return turned == 0;
    }
    /// The sum, or `lo` or `hi` where it is beyond them. None: an error is set.
    Ref clamped(PyObject* value, bool& beyond) const {
        Ref sum = Ref::taken(PyNumber_Add(value, delta));
        if (!sum) return sum;
        const int below = PyObject_RichCompareBool(sum.get(), lo, Py_LT);
        const int above = PyObject_RichCompareBool(sum.get(), hi, Py_GT);
        if (below < 0 || above < 0) return Ref();
        beyond = below > 0 || above > 0;
        return below > 0 ? Ref::to(lo) : above > 0 ? Ref::to(hi) : std::move(sum);
    }
};

}  // namespace

PyObject* try_add_within(PyObject* object, PyObject* const* args, Py_ssize_t given,
                         PyObject* keywords) {
    static constexpr Signature<3> signature{"try_add", {"delta", "lo", "hi"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    const Bounded bounded{arguments[0], arguments[1], arguments[2]};
    if (!bounded.checked()) return nullptr;
    bool left = false;
    const Change made = change(shared_number(object), [&](PyObject* value) {
        Ref sum = bounded.clamped(value, left);
        std::uint64_t bits = 0;
        if (sum && !left && !bits_of(Form::exact, sum.get(), bits)) {
            left = PyErr_ExceptionMatches(PyExc_OverflowError) != 0;
            if (left) PyErr_Clear();
            return Ref();
        }
        return left ? Ref() : std::move(sum);
    });
    if (made.now) return Py_NewRef(made.now.get());
    if (left && PyErr_Occurred() == nullptr) Py_RETURN_NONE;
    return nullptr;
}

PyObject* add_clamped_within(PyObject* object, PyObject* const* args, Py_ssize_t given,
                             PyObject* keywords) {
    static constexpr Signature<3> signature{"add_clamped", {"delta", "lo", "hi"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    const Bounded bounded{arguments[0], arguments[1], arguments[2]};
    if (!bounded.checked()) return nullptr;
    return answer<Wants::now>(change(shared_number(object), [&](PyObject* value) {
        bool beyond = false;
        return bounded.clamped(value, beyond);
    }));
}

template <int op>
PyObject* set_shared_if(PyObject* object, PyObject* const* args, Py_ssize_t given,
                        PyObject* keywords) {
    static constexpr Signature<1> signature{op == Py_LT ? "set_if_less" : "set_if_greater",
                                            {"value"}};
    PyObject* const argument = only_argument(signature, args, given, keywords);
    SharedNumber& self = shared_number(object);
    std::uint64_t bits = 0;
    if (argument == nullptr || writable(self) == nullptr || !bits_of(self.form, argument, bits)) {
        return nullptr;
    }
    const Ref next = object_of(self.form, bits);  // what would stand, which C's types may have cut
    if (!next) return nullptr;
    int beyond = -1;
    const Change made = change(self, [&](PyObject* value) {
        beyond = PyObject_RichCompareBool(next.get(), value, op);
        return beyond > 0 ? Ref::to(next.get()) : Ref();
    });
    if (made.now) Py_RETURN_TRUE;
    return beyond == 0 ? Py_NewRef(Py_False) : nullptr;
}
template PyObject* set_shared_if<Py_LT>(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);
template PyObject* set_shared_if<Py_GT>(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);

}  // namespace atomos::python
