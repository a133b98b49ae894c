/// \file
/// AtomicNumber, AtomicInteger, AtomicLong and AtomicFloat.

#include <cmath>

#include "number.hpp"

namespace atomos::python {
namespace {

/// Replaces an exact int by another, with the GIL held since the first was seen. No `next`, with
/// MemoryError set: nothing has changed.
template <Wanted wanted>
[[gnu::always_inline]] inline PyObject* put(Reference& self, PyObject* seen, PyObject* next) {
    if (next == nullptr) return nullptr;
    (void)self.slot.exchange(reinterpret_cast<Word>(next));
    changed(self.waiting);
    if (wanted == Wanted::old) return seen;
    Py_DECREF(seen);
    return Py_NewRef(wanted == Wanted::now ? next : reinterpret_cast<PyObject*>(&self));
}

/// As put, by value: an int that nobody else refers to is changed where it is.
template <Wanted wanted>
[[gnu::always_inline]] inline PyObject* put_value(Reference& self, PyObject* seen,
                                                  long long value) {
    if (wanted == Wanted::old || !may_become(seen, value)) {
        return put<wanted>(self, seen, make_int(value));
    }
    become(seen, value);
    changed(self.waiting);
    return Py_NewRef(wanted == Wanted::now ? seen : reinterpret_cast<PyObject*>(&self));
}

/// Adds to an int of one digit (with the GIL), or one that is a word (without it). nullptr and no error:
/// it is not as simple, and nothing has changed. The arithmetic of exact ints runs no Python code, so the
/// GIL is held from look to store.
template <Wanted wanted>
[[gnu::always_inline]] inline PyObject* add_int(Reference& self, long long by) {
    if constexpr (has_gil) {
        const Word word = self.slot.load();
        auto* const seen = reinterpret_cast<PyObject*>(word);
        if (seen == nullptr || Slot::is_pending(word) || !is_compact_int(seen)) [[unlikely]]
            return nullptr;
        return put_value<wanted>(self, seen, compact_value(seen) + by);
    } else {
        for (;;) {
            const Word seen = self.slot.load();
            Word next = 0;
            if (!Slot::is_int(seen) || !Slot::add(seen, by, next)) [[unlikely]]
                return nullptr;
            PyObject* result = reinterpret_cast<PyObject*>(&self);
            if constexpr (wanted == Wanted::self) {
                Py_INCREF(result);
            } else {
                result = make_int(Slot::value_of(wanted == Wanted::old ? seen : next));
                if (result == nullptr) [[unlikely]]
                    return nullptr;
            }
            if (self.slot.replace(seen, next)) [[likely]] {
                changed(self.waiting);
                return result;
            }
            Py_DECREF(result);
        }
    }
}

/// Any number and any delta.
template <int sign, Wanted wanted>
[[gnu::noinline]] PyObject* add_any(Reference& self, PyObject* delta) {
    if (PyErr_Occurred() != nullptr) return nullptr;
    if constexpr (has_gil) {
        const Word word = self.slot.load();
        auto* const seen = reinterpret_cast<PyObject*>(word);
        if (seen != nullptr && !Slot::is_pending(word) && PyLong_CheckExact(seen) &&
            PyLong_CheckExact(delta)) {
            PyNumberMethods* const ints = PyLong_Type.tp_as_number;
            return put<wanted>(
                self, seen, sign > 0 ? ints->nb_add(seen, delta) : ints->nb_subtract(seen, delta));
        }
    }
    return answer(self,
                  change(self,
                         [&](PyObject* value) {
                             return Ref::taken(sign > 0 ? PyNumber_Add(value, delta)
                                                        : PyNumber_Subtract(value, delta));
                         }),
                  wanted);
}

}  // namespace

template <int sign, Wanted wanted>
PyObject* add(Reference& self, PyObject* delta) {
    if (is_compact_int(delta)) [[likely]] {
        PyObject* const sum = add_int<wanted>(self, sign * compact_value(delta));
        if (sum != nullptr) [[likely]]
            return sum;
    }
    return add_any<sign, wanted>(self, delta);
}

template PyObject* add<1, Wanted::now>(Reference&, PyObject*);

namespace {

/// One of the methods that take one number.
template <int sign, Wanted wanted>
PyObject* add_method(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{
        sign > 0 ? (wanted == Wanted::now ? "add_and_get" : "get_and_add")
                 : (wanted == Wanted::now ? "subtract_and_get" : "get_and_subtract"),
        {"delta"}};
    PyObject* const delta = only_argument(signature, args, given, keywords);
    return delta != nullptr ? add<sign, wanted>(reference(self), delta) : nullptr;
}

template <int sign, Wanted wanted>
PyObject* step(PyObject* self, PyObject*) {
    PyObject* const sum = add_int<wanted>(reference(self), sign);
    if (sum != nullptr) [[likely]]
        return sum;
    if (PyErr_Occurred() != nullptr) return nullptr;
    const Ref one = Ref::taken(PyLong_FromLong(1));
    return one ? add_any<sign, wanted>(reference(self), one.get()) : nullptr;
}

bool is_nan(PyObject* value) {
    return PyFloat_Check(value) && std::isnan(PyFloat_AS_DOUBLE(value));
}
bool is_zero(PyObject* value) { return PyFloat_Check(value) && PyFloat_AS_DOUBLE(value) == 0; }

}  // namespace

int surpasses(PyObject* x, PyObject* value, bool greater) {
    if (is_nan(x)) return 0;
    if (is_nan(value)) return 1;
    if (is_zero(x) && is_zero(value)) {
        const bool x_below = std::signbit(PyFloat_AS_DOUBLE(x));
        const bool value_below = std::signbit(PyFloat_AS_DOUBLE(value));
        return greater ? value_below && !x_below : x_below && !value_below;
    }
    const Ref answer = Ref::taken(PyObject_RichCompare(x, value, greater ? Py_GT : Py_LT));
    return answer ? PyObject_IsTrue(answer.get()) : -1;
}

namespace {

template <bool greater, Wanted wanted>
PyObject* extreme(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{
        greater ? (wanted == Wanted::now ? "max_and_get" : "get_and_max")
                : (wanted == Wanted::now ? "min_and_get" : "get_and_min"),
        {"x"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments || !accepts(reference(self), arguments[0])) return nullptr;
    return answer(reference(self),
                  change(reference(self),
                         [&](PyObject* value) {
                             const int by = surpasses(arguments[0], value, greater);
                             return by < 0 ? Ref() : Ref::to(by != 0 ? arguments[0] : value);
                         }),
                  wanted);
}

template <int sign>
PyObject* add_in_place(PyObject* self, PyObject* delta) {
    return add<sign, Wanted::self>(reference(self), delta);
}

PyObject* power_in_place(PyObject* self, PyObject* exponent, PyObject*) {
    const Change made = change(reference(self), [&](PyObject* value) {
        return Ref::taken(PyNumber_Power(value, exponent, Py_None));
    });
    return made.now ? Py_NewRef(self) : nullptr;
}

}  // namespace

PyMethodDef number_methods[] = {
    with_arguments(
        "add_and_get", &add_method<1, Wanted::now>,
        "add_and_get($self, /, delta)\n--\n\n"
        "Add, and return the sum.\n\n"
        "Progress   Lock-free.\n"
        "Errors     What + raises; TypeError: the class does not accept the sum. Nothing\n"
        "           has changed."),
    with_arguments("get_and_add", &add_method<1, Wanted::old>,
                   "get_and_add($self, /, delta)\n--\n\n"
                   "Add, and return the value before. As add_and_get()."),
    with_arguments("subtract_and_get", &add_method<-1, Wanted::now>,
                   "subtract_and_get($self, /, delta)\n--\n\n"
                   "Subtract, and return the difference. As add_and_get()."),
    with_arguments("get_and_subtract", &add_method<-1, Wanted::old>,
                   "get_and_subtract($self, /, delta)\n--\n\n"
                   "Subtract, and return the value before. As add_and_get()."),
    without_arguments("increment_and_get", &step<1, Wanted::now>,
                      "increment_and_get($self, /)\n--\n\nAdd 1, and return the sum."),
    without_arguments("get_and_increment", &step<1, Wanted::old>,
                      "get_and_increment($self, /)\n--\n\nAdd 1, and return the value before."),
    without_arguments("decrement_and_get", &step<-1, Wanted::now>,
                      "decrement_and_get($self, /)\n--\n\nSubtract 1, and return the difference."),
    without_arguments(
        "get_and_decrement", &step<-1, Wanted::old>,
        "get_and_decrement($self, /)\n--\n\nSubtract 1, and return the value before."),
    with_arguments("max_and_get", &extreme<true, Wanted::now>,
                   "max_and_get($self, /, x)\n--\n\n"
                   "Replace the value by the greater of it and x, and return that.\n\n"
                   "A NaN is ignored, and -0.0 is less than 0.0.\n\n"
                   "Errors     What > raises; TypeError as in set(). Nothing has changed."),
    with_arguments("get_and_max", &extreme<true, Wanted::old>,
                   "get_and_max($self, /, x)\n--\n\n"
                   "As max_and_get(), but return the value before."),
    with_arguments("min_and_get", &extreme<false, Wanted::now>,
                   "min_and_get($self, /, x)\n--\n\n"
                   "Replace the value by the lesser of it and x, and return that.\n\n"
                   "A NaN is ignored, and -0.0 is less than 0.0."),
    with_arguments("get_and_min", &extreme<false, Wanted::old>,
                   "get_and_min($self, /, x)\n--\n\n"
                   "As min_and_get(), but return the value before."),
    {},
};

namespace {

PyType_Slot number_slots[] = {
    {Py_tp_doc,
     const_cast<char*>("AtomicNumber(value=None)\n--\n\n"
                       "Anything that has +, with the methods of AtomicReference; +=, -= and their "
                       "relatives are atomic.\n\n"
                       "Progress   Lock-free.\n"
                       "Bound      64 bytes, and an int of more than 62 bits or another number.\n"
                       "Source     java.util.concurrent.atomic; atomos 0.3.1.")},
    {Py_tp_new, slot(&make_reference<Kind::number>)},
    {Py_tp_methods, nullptr},
    {Py_nb_inplace_add, slot(&add_in_place<1>)},
    {Py_nb_inplace_subtract, slot(&add_in_place<-1>)},
    {Py_nb_inplace_multiply, slot(&Operation<PyNumber_Multiply>::in_place)},
    {Py_nb_inplace_true_divide, slot(&Operation<PyNumber_TrueDivide>::in_place)},
    {Py_nb_inplace_floor_divide, slot(&Operation<PyNumber_FloorDivide>::in_place)},
    {Py_nb_inplace_remainder, slot(&Operation<PyNumber_Remainder>::in_place)},
    {Py_nb_inplace_power, slot(&power_in_place)},
    ATOMOS_LIFE,
    {},
};

PyType_Slot float_slots[] = {
    {Py_tp_doc,
     const_cast<char*>("AtomicFloat(value=0.0)\n--\n\n"
                       "A float, with the methods of AtomicNumber. Deltas may be ints.\n\n"
                       "Progress   Lock-free.\n"
                       "Errors     TypeError: the value would not be a float; nothing has "
                       "changed.\n"
                       "Source     atomos 0.3.1.")},
    {Py_tp_new, slot(&make_reference<Kind::floating>)},
    {Py_tp_methods, nullptr},
    ATOMOS_LIFE,
    {},
};

PyType_Spec number_spec{"atomos.atomic.AtomicNumber", sizeof(Reference), 0, number_flags,
                        number_slots};
PyType_Spec float_spec{"atomos.atomic.AtomicFloat", sizeof(Reference), 0, number_flags,
                       float_slots};

}  // namespace

bool add_numbers(PyObject* module, PyTypeObject* base) {
    static std::vector<PyMethodDef> rows = joined({reference_methods, number_methods});
    static std::vector<PyMethodDef> float_rows =
        joined({reference_methods, number_methods, float_methods});
    static const bool ready =
        (put_methods(number_slots, rows), put_methods(float_slots, float_rows), true);
    if (!ready) return false;
    PyTypeObject* const number = add_type(module, number_spec, base);
    return number != nullptr && add_integers(module, number) &&
           add_type(module, float_spec, number) != nullptr;
}

}  // namespace atomos::python
