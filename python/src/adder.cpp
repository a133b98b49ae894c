/// \file
/// LongAdder and DoubleAdder.

#include <atomos/detail/compensated.hpp>

#include "striped.hpp"

namespace atomos::python {
namespace {

using detail::Compensated;

bool refuse(PyObject* self, const char* wanted, PyObject* met) {
    PyErr_Format(PyExc_TypeError, "%s adds %s, not %s", class_name(self), wanted, class_name(met));
    return false;
}

/// Both adders take no arguments.
int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    if (PyTuple_GET_SIZE(args) == 0 && (keywords == nullptr || PyDict_GET_SIZE(keywords) == 0)) {
        return 0;
    }
    PyErr_Format(PyExc_TypeError, "%s() takes no arguments", class_name(self));
    return -1;
}

/// A part of a LongAdder is an exact int, whose arithmetic runs no Python code.
struct Ints {
    Ref total;

    bool add(PyObject* part) {
        total =
            total ? Ref::taken(PyLong_Type.tp_as_number->nb_add(total.get(), part)) : Ref::to(part);
        return static_cast<bool>(total);
    }
    PyObject* result() { return total ? total.release() : make_int(0); }

    /// Any int, and any part.
    template <int sign>
    [[gnu::noinline]] static Step step_by(Slot& part, PyObject* delta) {
        const Look seen = part.look();
        if (!seen.object && seen.word != 0) return Step::failed;
        const Ref before = seen.object ? Ref::to(seen.object.get()) : Ref::taken(make_int(0));
        if (!before) return Step::failed;
        PyNumberMethods* const ints = PyLong_Type.tp_as_number;
        const Ref sum = Ref::taken(sign > 0 ? ints->nb_add(before.get(), delta)
                                            : ints->nb_subtract(before.get(), delta));
        if (!sum) return Step::failed;
        const Word next = Slot::own(sum.get(), Slot::Ints::words);
        if (!part.replace(seen.word, next)) {
            Slot::drop(next);
            return Step::lost;
        }
        Slot::drop(seen.word);
        return Step::done;
    }

    /// An int of one digit to a part that is one (with the GIL), or a word (without it). False: it is not
    /// as simple, and nothing has changed.
    [[gnu::always_inline]] static bool step_quickly(Slot& part, long long by, Step& ended) {
        if constexpr (has_gil) {
            auto* const seen = reinterpret_cast<PyObject*>(part.load());
            if (seen == nullptr || !is_compact(seen)) [[unlikely]]
                return false;
            const long long sum = compact_value(seen) + by;
            ended = Step::done;
            if (may_become(seen, sum)) {
                become(seen, sum);
                return true;
            }
            PyObject* const next = make_int(sum);
            if (next == nullptr) [[unlikely]] {
                ended = Step::failed;
                return true;
            }
            (void)part.exchange(reinterpret_cast<Word>(next));
            Py_DECREF(seen);
            return true;
        } else {
            const Word seen = part.load();
            Word next = seen != 0 ? seen : Slot::word_of(0);
            if (!Slot::is_int(next) || !Slot::add(next, by, next)) [[unlikely]]
                return false;
            ended = part.replace(seen, next) ? Step::done : Step::lost;
            return true;
        }
    }

    /// Errors: MemoryError; then false.
    template <int sign>
    static bool add_to(Striped& self, PyObject* delta) {
        const bool simple = is_compact_int(delta);
        const long long by = simple ? sign * compact_value(delta) : 0;
        return self.stripes.change([&](Slot& part) {
            Step ended{};
            if (simple && step_quickly(part, by, ended)) [[likely]]
                return ended;
            return step_by<sign>(part, delta);
        });
    }
};

/// A part of a DoubleAdder is a complex number: a sum, and its rest.
struct Doubles {
    Compensated total;

    static Compensated of(PyObject* part) {
        const Py_complex pair = reinterpret_cast<PyComplexObject*>(part)->cval;
        return {pair.real, pair.imag};
    }

    bool add(PyObject* part) {
        total.add(of(part));
        return true;
    }
    PyObject* result() const { return PyFloat_FromDouble(total.value()); }

    /// Errors: MemoryError; then false.
    static bool add_to(Striped& self, double x) {
        return self.stripes.change([&](Slot& part) {
            if constexpr (has_gil) {
                // As an int that nobody else refers to (ints.hpp), it is changed where it is.
                auto* const alone = reinterpret_cast<PyObject*>(part.load());
                if (alone != nullptr && Py_REFCNT(alone) == 1) {
                    Compensated sum = of(alone);
                    sum.add(x);
                    reinterpret_cast<PyComplexObject*>(alone)->cval = {sum.sum, sum.rest};
                    return Step::done;
                }
            }
            const Look seen = part.look();
            Compensated sum = seen.object ? of(seen.object.get()) : Compensated{};
            sum.add(x);
            PyObject* const next = PyComplex_FromDoubles(sum.sum, sum.rest);
            if (next == nullptr) return Step::failed;
            allow_sharing(next);
            if (!part.replace(seen.word, reinterpret_cast<Word>(next))) {
                Py_DECREF(next);
                return Step::lost;
            }
            Slot::drop(seen.word);
            return Step::done;
        });
    }
};

/// The double that an operand is. Errors: TypeError, OverflowError; then false.
bool is_real(PyObject* self, PyObject* x, double& real) {
    if (PyFloat_CheckExact(x)) [[likely]] {
        real = PyFloat_AS_DOUBLE(x);
        return true;
    }
    if (!PyFloat_Check(x) && !PyLong_Check(x)) return refuse(self, "a float or an int", x);
    real = PyFloat_AsDouble(x);
    return real != -1.0 || PyErr_Occurred() == nullptr;
}

PyObject* none_if(bool done) { return done ? Py_NewRef(Py_None) : nullptr; }

constexpr Signature<1> add_signature{"add", {"x"}};
PyObject* add_long(PyObject* self, PyObject* x) {
    if (!PyLong_Check(x)) [[unlikely]]
        return none_if(refuse(self, "an int", x));
    return none_if(Ints::add_to<1>(striped(self), x));
}
PyObject* add_double(PyObject* self, PyObject* x) {
    double real = 0;
    return none_if(is_real(self, x, real) && Doubles::add_to(striped(self), real));
}

template <int by>
PyObject* step(PyObject* self, PyObject*) {
    Striped& into = striped(self);
    return none_if(into.stripes.change([&](Slot& part) {
        Step ended{};
        if (Ints::step_quickly(part, by, ended)) [[likely]]
            return ended;
        const Ref one = Ref::taken(make_int(by));
        return one ? Ints::step_by<1>(part, one.get()) : Step::failed;
    }));
}

template <int sign>
PyObject* long_in_place(PyObject* self, PyObject* x) {
    if (!PyLong_Check(x)) Py_RETURN_NOTIMPLEMENTED;
    return Ints::add_to<sign>(striped(self), x) ? Py_NewRef(self) : nullptr;
}
template <int sign>
PyObject* double_in_place(PyObject* self, PyObject* x) {
    if (!PyFloat_Check(x) && !PyLong_Check(x)) Py_RETURN_NOTIMPLEMENTED;
    double real = 0;
    const bool added = is_real(self, x, real) && Doubles::add_to(striped(self), sign * real);
    return added ? Py_NewRef(self) : nullptr;
}

template <class Total>
PyObject* sum(PyObject* self, PyObject*) {
    return total_of(striped(self), Total{});
}
template <class Total>
PyObject* sum_then_reset(PyObject* self, PyObject*) {
    return total_taken(striped(self), Total{});
}
template <class Total>
PyObject* represent(PyObject* self) {
    const Ref now = Ref::taken(sum<Total>(self, nullptr));
    return now ? describe("atomos.atomic", self, now.get()) : nullptr;
}

#define ATOMOS_SUMS(TOTAL)                                                                        \
    without_arguments("sum", &sum<TOTAL>,                                                         \
                      "sum($self, /)\n--\n\n"                                                     \
                      "Return what was added since the last drain.\n\n"                           \
                      "No snapshot: beside adds that run at the same time it may count a later\n" \
                      "one and miss an earlier one, and be a number that the sum never was. It\n" \
                      "counts every add that happened before it, but for those that a drain is\n" \
                      "taking at that moment. Where nobody adds or drains it is exact."),         \
        without_arguments("sum_then_reset", &sum_then_reset<TOTAL>,                               \
                          "sum_then_reset($self, /)\n--\n\n"                                      \
                          "Return the sum, and begin again at 0.\n\n"                             \
                          "Every add is in exactly one drain, also beside other drains.\n\n"      \
                          "Errors     MemoryError; nothing has been drained."),                   \
        without_arguments("reset", &reset_striped, "reset($self, /)\n--\n\nBegin again at 0."),   \
        {"__reduce_ex__", &refuse_to_pickle, METH_O,                                              \
         "__reduce_ex__($self, protocol, /)\n--\n\nRaise TypeError: threads share it."}

PyMethodDef long_methods[] = {
    with_arguments("add", &OfOne<add_signature, add_long>::call,
                   "add($self, /, x)\n--\n\n"
                   "Add an int. += and -= do so, too.\n\n"
                   "Errors     TypeError: not an int; nothing was added."),
    without_arguments("increment", &step<1>, "increment($self, /)\n--\n\nAdd 1."),
    without_arguments("decrement", &step<-1>, "decrement($self, /)\n--\n\nSubtract 1."),
    ATOMOS_SUMS(Ints),
    {},
};

PyMethodDef double_methods[] = {
    with_arguments(
        "add", &OfOne<add_signature, add_double>::call,
        "add($self, /, x)\n--\n\n"
        "Add a float or an int. += and -= do so, too.\n\n"
        "Errors     TypeError: neither. OverflowError: an int beyond all floats. Nothing\n"
        "           was added."),
    ATOMOS_SUMS(Doubles),
    {},
};

template <auto* function>
void* slot() {
    return reinterpret_cast<void*>(function);
}

PyType_Slot long_slots[] = {
    {Py_tp_doc,
     const_cast<char*>(
         "LongAdder()\n--\n\n"
         "A sum of ints that threads add to without meeting each other.\n\n"
         "For what is added to often and read seldom. sum() is no snapshot; who needs the number\n"
         "that an add made, or compares and sets, takes AtomicInteger. The sum has no bounds.\n\n"
         "Order      An add happens before the sums and drains that count it.\n"
         "Progress   Lock-free. With the GIL an add is one step; without it a thread that lost a\n"
         "           race goes on to a part of the sum where it is alone.\n"
         "Bound      An object, and 64 bytes a processor once two threads have met.\n"
         "Cost       Without the GIL the call itself writes to the count of the adder, unless\n"
         "           each thread keeps a method of its own: add = adder.add.\n"
         "Source     java.util.concurrent.atomic.LongAdder.")},
    {Py_tp_init, slot<&initialise>()},
    {Py_tp_repr, slot<&represent<Ints>>()},
    {Py_tp_methods, long_methods},
    {Py_nb_inplace_add, slot<&long_in_place<1>>()},
    {Py_nb_inplace_subtract, slot<&long_in_place<-1>>()},
    ATOMOS_STRIPED,
    {},
};

PyType_Slot double_slots[] = {
    {Py_tp_doc,
     const_cast<char*>(
         "DoubleAdder()\n--\n\n"
         "A sum of floats that threads add to without meeting each other.\n\n"
         "As LongAdder, and compensated: a million times 0.1 is 100000.0, and a 1.0 that was "
         "added\n"
         "between 1e100 and -1e100 is there. The error of n adds is half a digit of the sum, and "
         "at\n"
         "most about n**2 * 1e-32 of the sum of their absolute values. Where an infinity or a NaN\n"
         "was added, or a part has overflowed, the sum is what floats make of that, until it is\n"
         "drained.\n\n"
         "Source     java.util.concurrent.atomic.DoubleAdder; A. Neumaier, ZAMM 54, 1974.")},
    {Py_tp_init, slot<&initialise>()},
    {Py_tp_repr, slot<&represent<Doubles>>()},
    {Py_tp_methods, double_methods},
    {Py_nb_inplace_add, slot<&double_in_place<1>>()},
    {Py_nb_inplace_subtract, slot<&double_in_place<-1>>()},
    ATOMOS_STRIPED,
    {},
};

PyType_Spec long_spec{"atomos.atomic.LongAdder", sizeof(Striped), 0, striped_flags, long_slots};
PyType_Spec double_spec{"atomos.atomic.DoubleAdder", sizeof(Striped), 0, striped_flags,
                        double_slots};

}  // namespace

bool add_adders(PyObject* module) {
    return add_type(module, long_spec, nullptr) != nullptr &&
           add_type(module, double_spec, nullptr) != nullptr;
}

}  // namespace atomos::python
