/// \file
/// LongAccumulator and DoubleAccumulator.

#include "striped.hpp"

namespace atomos::python {
namespace {

/// What each class holds, and makes of what it is given.
struct Longs {
    static constexpr const char* wanted = "an int";
    static constexpr Slot::Ints ints = Slot::Ints::words;

    /// The number itself; none, and no error: it is no int.
    static Ref number(PyObject* given) { return PyLong_Check(given) ? Ref::to(given) : Ref(); }
};
struct Doubles {
    static constexpr const char* wanted = "a float or an int";
    static constexpr Slot::Ints ints = Slot::Ints::objects;

    /// As a float. Errors: OverflowError.
    static Ref number(PyObject* given) {
        if (PyFloat_Check(given)) return Ref::to(given);
        if (!PyLong_Check(given)) return {};
        const double value = PyLong_AsDouble(given);
        return value == -1.0 && PyErr_Occurred() != nullptr ? Ref()
                                                            : Ref::taken(PyFloat_FromDouble(value));
    }
};

/// A number of the class's. None, with the error set: it is none.
template <class Numbers>
Ref accepted(PyObject* self, const char* what, PyObject* given) {
    Ref number = Numbers::number(given);
    if (!number && PyErr_Occurred() == nullptr) {
        PyErr_Format(PyExc_TypeError, "the %s of %s has to be %s, not %s", what, class_name(self),
                     Numbers::wanted, class_name(given));
    }
    return number;
}

/// The function and the identity, borrowed from an object that keeps them.
struct Rule {
    PyObject *fn, *identity;

    /// False: __init__ has not been called, and RuntimeError is set.
    static bool find(PyObject* self, Rule& rule) {
        PyObject* const pair = striped(self).rule.load(std::memory_order_acquire);
        if (pair == nullptr) {
            PyErr_Format(PyExc_RuntimeError, "%s.__init__ has not been called", class_name(self));
            return false;
        }
        rule = {PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1)};
        return true;
    }

    template <class Numbers>
    Ref apply(PyObject* self, PyObject* so_far, PyObject* value) const {
        PyObject* const values[] = {so_far, value};
        const Ref made = Ref::taken(PyObject_Vectorcall(fn, values, 2, nullptr));
        return made ? accepted<Numbers>(self, "function's result", made.get()) : Ref();
    }
};

/// What the function makes of all parts.
template <class Numbers>
struct Fold {
    PyObject* self;
    Rule rule;
    Ref total;

    bool add(PyObject* part) {
        total = total ? rule.apply<Numbers>(self, total.get(), part) : Ref::to(part);
        return static_cast<bool>(total);
    }
    PyObject* result() { return total ? total.release() : Py_NewRef(rule.identity); }
};

template <class Numbers>
int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<2> signature{"__init__", {"fn", "identity"}};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    if (PyCallable_Check(arguments[0]) == 0) {
        PyErr_Format(PyExc_TypeError, "the function of %s has to be callable, and %s is not",
                     class_name(self), class_name(arguments[0]));
        return -1;
    }
    const Ref identity = accepted<Numbers>(self, "identity", arguments[1]);
    Ref rule = identity ? Ref::taken(PyTuple_Pack(2, arguments[0], identity.get())) : Ref();
    if (!rule) return -1;
    PyObject* none = nullptr;
    if (!striped(self).rule.compare_exchange_strong(none, rule.get(), std::memory_order_acq_rel)) {
        PyErr_Format(PyExc_RuntimeError, "%s.__init__ has been called already", class_name(self));
        return -1;
    }
    [[maybe_unused]] PyObject* const kept = rule.release();
    return 0;
}

constexpr Signature<1> accumulate_signature{"accumulate", {"x"}};
template <class Numbers>
PyObject* accumulate(PyObject* self, PyObject* x) {
    Rule rule{};
    if (!Rule::find(self, rule)) return nullptr;
    const Ref value = accepted<Numbers>(self, "value", x);
    if (!value) return nullptr;
    const bool done = striped(self).stripes.change([&](Slot& part) {
        const Look seen = part.look();
        if (!seen.object && seen.word != 0) return Step::failed;
        PyObject* const before = seen.object ? seen.object.get() : rule.identity;
        const Ref now = rule.apply<Numbers>(self, before, value.get());
        if (!now) return Step::failed;
        if (now.get() == seen.object.get()) return Step::done;
        const Word next = Slot::own(now.get(), Numbers::ints);
        if (!part.replace(seen.word, next)) {
            Slot::drop(next);
            return Step::lost;
        }
        Slot::drop(seen.word);
        return Step::done;
    });
    return done ? Py_NewRef(Py_None) : nullptr;
}

template <class Numbers>
PyObject* get(PyObject* self, PyObject*) {
    Rule rule{};
    if (!Rule::find(self, rule)) return nullptr;
    return total_of(striped(self), Fold<Numbers>{self, rule, {}});
}

template <class Numbers>
PyObject* get_then_reset(PyObject* self, PyObject*) {
    Rule rule{};
    if (!Rule::find(self, rule)) return nullptr;
    return total_taken(striped(self), Fold<Numbers>{self, rule, {}});
}

template <class Numbers>
PyObject* represent(PyObject* self) {
    const Ref now = Ref::taken(get<Numbers>(self, nullptr));
    return now ? describe("atomos.atomic", self, now.get()) : nullptr;
}

template <class Numbers>
PyMethodDef methods[] = {
    with_arguments("accumulate", &OfOne<accumulate_signature, accumulate<Numbers>>::call,
                   "accumulate($self, /, x)\n--\n\n"
                   "Put fn(so far, x) in the place of what this thread's part has so far.\n\n"
                   "fn runs with nothing locked, and again after a lost race.\n\n"
                   "Errors     What fn raises; TypeError: x or fn's result is no such number. "
                   "Nothing has\n"
                   "           changed."),
    without_arguments("get", &get<Numbers>,
                      "get($self, /)\n--\n\n"
                      "Return what fn made of the values since the last drain; the identity if "
                      "there were none.\n\n"
                      "No snapshot: see LongAdder.sum().\n\n"
                      "Errors     What fn raises of two parts."),
    without_arguments("get_then_reset", &get_then_reset<Numbers>,
                      "get_then_reset($self, /)\n--\n\n"
                      "Return it, and begin again at the identity.\n\n"
                      "Every value is in exactly one drain, also beside other drains.\n\n"
                      "Errors     What fn raises of two parts; nothing has been drained."),
    without_arguments("reset", &reset_striped,
                      "reset($self, /)\n--\n\nBegin again at the identity."),
    {"__reduce_ex__", &refuse_to_pickle, METH_O,
     "__reduce_ex__($self, protocol, /)\n--\n\nRaise TypeError: threads share it."},
    {},
};

#define ATOMOS_ACCUMULATOR_SLOTS(NUMBERS, TEXT)                      \
    {                                                                \
        {Py_tp_doc, const_cast<char*>(TEXT)},                        \
        {Py_tp_init, reinterpret_cast<void*>(&initialise<NUMBERS>)}, \
        {Py_tp_repr, reinterpret_cast<void*>(&represent<NUMBERS>)},  \
        {Py_tp_methods, methods<NUMBERS>},                           \
        ATOMOS_STRIPED,                                              \
        {},                                                          \
    }

PyType_Slot long_slots[] = ATOMOS_ACCUMULATOR_SLOTS(
    Longs,
    "LongAccumulator(fn, identity)\n--\n\n"
    "What a function makes of all ints that threads have given, without meeting each other.\n\n"
    "    longest = LongAccumulator(max, 0)\n"
    "    longest.accumulate(length)                  # from any thread\n"
    "    report(longest.get_then_reset())            # each value is in exactly one report\n\n"
    "fn is called as fn(so far, value) and fn(one part, another), from any thread. The result is\n"
    "only right if fn is associative and commutative, `identity` leaves the other argument as it\n"
    "is, and fn has no side effects.\n\n"
    "Order      As LongAdder.\n"
    "Progress   Lock-free, as far as fn is. Nothing is locked while fn runs.\n"
    "Errors     TypeError: fn cannot be called, or the identity is not an int.\n"
    "Bound      As LongAdder.\n"
    "Source     java.util.concurrent.atomic.LongAccumulator.");
PyType_Slot double_slots[] = ATOMOS_ACCUMULATOR_SLOTS(
    Doubles,
    "DoubleAccumulator(fn, identity)\n--\n\n"
    "What a function makes of all floats that threads have given, without meeting each other.\n\n"
    "As LongAccumulator; ints become floats.\n\n"
    "Source     java.util.concurrent.atomic.DoubleAccumulator.");

PyType_Spec long_spec{"atomos.atomic.LongAccumulator", sizeof(Striped), 0, striped_flags,
                      long_slots};
PyType_Spec double_spec{"atomos.atomic.DoubleAccumulator", sizeof(Striped), 0, striped_flags,
                        double_slots};

}  // namespace

bool add_accumulators(PyObject* module) {
    return add_type(module, long_spec, nullptr) != nullptr &&
           add_type(module, double_spec, nullptr) != nullptr;
}

}  // namespace atomos::python
