/// \file
/// AtomicInteger and AtomicLong of the process scope: 64 bits that never wrap, without a detour through
/// Python's arithmetic where all numbers fit.

#include "process_number.hpp"

namespace atomos::python {
namespace {

using Word64 = process::Atomic<std::int64_t>;

/// The number that an int is. False: it is none, or does not fit; no error is set.
[[gnu::always_inline]] inline bool fits(PyObject* object, std::int64_t& value) {
    if (!PyLong_Check(object)) return false;
#if PY_VERSION_HEX >= 0x030C0000
    if (PyUnstable_Long_IsCompact(reinterpret_cast<PyLongObject*>(object)) != 0) [[likely]] {
        value = PyUnstable_Long_CompactValue(reinterpret_cast<PyLongObject*>(object));
        return true;
    }
#endif
    int overflow = 0;
    value = PyLong_AsLongLongAndOverflow(object, &overflow);
    return overflow == 0;
}

struct Pair {
    std::int64_t old, now;
};

/// Replaces the number by what `compute(old, now)` makes `now`. False: compute refused, nothing changed.
template <class Compute>
[[gnu::always_inline]] inline bool replace(SharedNumber& self, NumberWord& shared, Compute compute,
                                           Pair& pair) {
    Word64& word = word_as<std::int64_t>(shared);
    pair.old = word.load(std::memory_order_relaxed);
    do {
        if (!compute(pair.old, pair.now)) [[unlikely]]
            return false;
    } while (!word.compare_exchange_strong(pair.old, pair.now, std::memory_order_seq_cst));
    told(self);
    return true;
}

template <Wants wants>
[[gnu::always_inline]] inline PyObject* of(SharedNumber& self, const Pair& pair) {
    return give_int(self, wants == Wants::old ? pair.old : pair.now);
}

/// The way by Python's arithmetic: for numbers that do not fit, and for the errors.
template <binaryfunc operation, Wants wants>
[[gnu::noinline]] PyObject* slowly(SharedNumber& self, PyObject* operand) {
    return answer<wants>(change(self, [&](PyObject* value) {
        if (!PyLong_Check(operand)) {
            PyErr_Format(PyExc_TypeError, "an int is needed, not %.200s",
                         Py_TYPE(operand)->tp_name);
            return Ref();
        }
        return Ref::taken(operation(value, operand));
    }));
}

struct Add {
    static constexpr binaryfunc slow = &PyNumber_Add;
    static bool of(std::int64_t a, std::int64_t b, std::int64_t& c) {
        return !__builtin_add_overflow(a, b, &c);
    }
};
struct Subtract {
    static constexpr binaryfunc slow = &PyNumber_Subtract;
    static bool of(std::int64_t a, std::int64_t b, std::int64_t& c) {
        return !__builtin_sub_overflow(a, b, &c);
    }
};

template <int better>
PyObject* extreme(PyObject* value, PyObject* x) {
    const int wins = PyObject_RichCompareBool(x, value, better);
    return wins < 0 ? nullptr : Py_NewRef(wins > 0 ? x : value);
}
struct Max {
    static constexpr binaryfunc slow = &extreme<Py_GT>;
    static bool of(std::int64_t a, std::int64_t b, std::int64_t& c) {
        c = a < b ? b : a;
        return true;
    }
};
struct Min {
    static constexpr binaryfunc slow = &extreme<Py_LT>;
    static bool of(std::int64_t a, std::int64_t b, std::int64_t& c) {
        c = b < a ? b : a;
        return true;
    }
};
struct Or {
    static constexpr binaryfunc slow = &PyNumber_Or;
    static bool of(std::int64_t a, std::int64_t b, std::int64_t& c) {
        c = a | b;
        return true;
    }
};
struct And {
    static constexpr binaryfunc slow = &PyNumber_And;
    static bool of(std::int64_t a, std::int64_t b, std::int64_t& c) {
        c = a & b;
        return true;
    }
};
struct Xor {
    static constexpr binaryfunc slow = &PyNumber_Xor;
    static bool of(std::int64_t a, std::int64_t b, std::int64_t& c) {
        c = a ^ b;
        return true;
    }
};

template <class Operation, Wants wants>
[[gnu::always_inline]] inline PyObject* apply(PyObject* object, PyObject* operand) {
    SharedNumber& self = shared_number(object);
    NumberWord* const word = writable(self);
    if (word == nullptr) [[unlikely]]
        return nullptr;
    std::int64_t by = 0;
    Pair pair{};
    const auto compute = [&](std::int64_t value, std::int64_t& next) {
        return Operation::of(value, by, next);
    };
    if (fits(operand, by) && replace(self, *word, compute, pair)) [[likely]]
        return of<wants>(self, pair);
    return slowly<Operation::slow, wants>(self, operand);
}

/// The names of methods and of their parameter.
template <std::size_t N>
struct Text {
    char text[N];
    // NOLINTNEXTLINE(google-explicit-constructor): from a literal
    constexpr Text(const char (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
    }
};

template <class Operation, Wants wants, Text name, Text parameter>
PyObject* by_operand(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{name.text, {parameter.text}};
    PyObject* const operand = only_argument(signature, args, given, keywords);
    return operand != nullptr ? apply<Operation, wants>(self, operand) : nullptr;
}

template <class Operation, Wants wants>
PyObject* by_one(PyObject* self, PyObject*) {
    const Ref one = Ref::taken(PyLong_FromLong(1));
    return one ? apply<Operation, wants>(self, one.get()) : nullptr;
}

template <class Operation>
PyObject* in_place(PyObject* self, PyObject* operand) {
    if (!PyLong_Check(operand)) Py_RETURN_NOTIMPLEMENTED;
    const Ref done = Ref::taken(apply<Operation, Wants::now>(self, operand));
    return done ? Py_NewRef(self) : nullptr;
}

PyObject* get(PyObject* self, PyObject*) {
    SharedNumber& number = shared_number(self);
    NumberWord* const word = readable(number);
    if (word == nullptr) [[unlikely]]
        return nullptr;
    return give_int(number, word_as<std::int64_t>(*word).load(std::memory_order_seq_cst));
}

PyObject* set(PyObject* object, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"set", {"value"}};
    const Arguments arguments(signature, args, given, keywords);
    SharedNumber& self = shared_number(object);
    NumberWord* const word = writable(self);
    if (!arguments || word == nullptr) return nullptr;
    std::uint64_t bits = 0;
    if (!bits_of(Form::exact, arguments[0], bits)) return nullptr;
    word_as<std::uint64_t>(*word).exchange(bits, std::memory_order_seq_cst);
    told(self);
    return Py_NewRef(arguments[0]);
}

PyObject* compare_and_set(PyObject* object, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_set", {"expect", "update"}};
    const Arguments arguments(signature, args, given, keywords);
    SharedNumber& self = shared_number(object);
    NumberWord* const word = writable(self);
    if (!arguments || word == nullptr) return nullptr;
    std::int64_t expect = 0;
    std::int64_t update = 0;
    if (PyLong_CheckExact(arguments[0]) && fits(arguments[0], expect) &&
        fits(arguments[1], update)) {
        const bool won = word_as<std::int64_t>(*word).compare_exchange_strong(
            expect, update, std::memory_order_seq_cst);
        if (won) told(self);
        return Py_NewRef(won ? Py_True : Py_False);
    }
    return compare_numbers(self, arguments[0], arguments[1]);
}

template <class Operation, Wants wants, Text name, Text parameter>
PyMethodDef row(const char* text) {
    return with_arguments(name.text, &by_operand<Operation, wants, name, parameter>, text);
}

constexpr auto old = Wants::old;
constexpr auto now = Wants::now;

PyMethodDef methods[] = {
    without_arguments("get", &get, "get($self, /)\n--\n\nReturn the value. Wait-free."),
    with_arguments("set", &set,
                   "set($self, /, value)\n--\n\n"
                   "Replace the value, whatever it is, and return the argument.\n\n"
                   "Errors     TypeError: no int. OverflowError. Nothing has changed."),
    with_arguments("compare_and_set", &compare_and_set,
                   "compare_and_set($self, /, expect, update)\n--\n\n"
                   "Replace the value if it equals `expect`; return whether that was so.\n\n"
                   "An `expect` beyond 64 bits never matches."),
    row<Add, now, "add_and_get", "delta">(
        "add_and_get($self, /, delta)\n--\n\n"
        "Add, and return the new value.\n\n"
        "Errors     OverflowError: the sum is beyond 64 bits. TypeError. Nothing has changed."),
    row<Add, now, "checked_add_and_get", "delta">(
        "checked_add_and_get($self, /, delta)\n--\n\nThe same as add_and_get()."),
    row<Add, old, "get_and_add", "delta">(
        "get_and_add($self, /, delta)\n--\n\nAdd, and return the old value."),
    row<Subtract, now, "subtract_and_get", "delta">(
        "subtract_and_get($self, /, delta)\n--\n\nSubtract, and return the new value."),
    row<Subtract, old, "get_and_subtract", "delta">(
        "get_and_subtract($self, /, delta)\n--\n\nSubtract, and return the old value."),
    without_arguments("increment_and_get", &by_one<Add, now>,
                      "increment_and_get($self, /)\n--\n\nAdd one, and return the new value."),
    without_arguments("get_and_increment", &by_one<Add, old>,
                      "get_and_increment($self, /)\n--\n\nAdd one, and return the old value."),
    without_arguments("decrement_and_get", &by_one<Subtract, now>,
                      "decrement_and_get($self, /)\n--\n\nSubtract one, and return the new value."),
    without_arguments("get_and_decrement", &by_one<Subtract, old>,
                      "get_and_decrement($self, /)\n--\n\nSubtract one, and return the old value."),
    row<Max, now, "max_and_get", "x">(
        "max_and_get($self, /, x)\n--\n\nKeep the greater of the value and x, and return it."),
    row<Max, old, "get_and_max", "x">(
        "get_and_max($self, /, x)\n--\n\nAs max_and_get(); return the old value."),
    row<Min, now, "min_and_get", "x">(
        "min_and_get($self, /, x)\n--\n\nKeep the lesser of the value and x, and return it."),
    row<Min, old, "get_and_min", "x">(
        "get_and_min($self, /, x)\n--\n\nAs min_and_get(); return the old value."),
    row<Or, now, "bitwise_or_and_get", "mask">(
        "bitwise_or_and_get($self, /, mask)\n--\n\nSet bits, and return the new value."),
    row<And, now, "bitwise_and_and_get", "mask">(
        "bitwise_and_and_get($self, /, mask)\n--\n\nKeep bits, and return the new value."),
    row<Xor, now, "bitwise_xor_and_get", "mask">(
        "bitwise_xor_and_get($self, /, mask)\n--\n\nTurn bits, and return the new value."),
    row<Or, old, "get_and_bitwise_or", "mask">(
        "get_and_bitwise_or($self, /, mask)\n--\n\nSet bits, and return the old value."),
    row<And, old, "get_and_bitwise_and", "mask">(
        "get_and_bitwise_and($self, /, mask)\n--\n\nKeep bits, and return the old value."),
    row<Xor, old, "get_and_bitwise_xor", "mask">(
        "get_and_bitwise_xor($self, /, mask)\n--\n\nTurn bits, and return the old value."),
    with_arguments(
        "try_add", &try_add_within,
        "try_add($self, /, delta, lo, hi)\n--\n\n"
        "Add, and return the new value; or None, unchanged, if that left [lo, hi] or 64\n"
        "bits.\n\n"
        "Errors     ValueError: lo > hi. TypeError."),
    with_arguments("add_clamped", &add_clamped_within,
                   "add_clamped($self, /, delta, lo, hi)\n--\n\n"
                   "Add, stop at the bounds of [lo, hi], and return the new value.\n\n"
                   "Errors     ValueError: lo > hi. TypeError."),
    {},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("AtomicInteger(value=0, *, region=None, name=None)\n--\n\n"
                                  "A 64-bit int in shared memory. It never wraps.\n\n"
                                  "Errors     OverflowError: beyond 64 bits. TypeError: no int.\n"
                                  "           Nothing has changed.\n"
                                  "Source     java.util.concurrent.atomic.AtomicLong.")},
    {Py_tp_init, reinterpret_cast<void*>(&initialise_number<Form::exact>)},
    {Py_tp_methods, methods},
    {Py_nb_inplace_add, reinterpret_cast<void*>(&in_place<Add>)},
    {Py_nb_inplace_subtract, reinterpret_cast<void*>(&in_place<Subtract>)},
    {Py_nb_inplace_or, reinterpret_cast<void*>(&in_place<Or>)},
    {Py_nb_inplace_and, reinterpret_cast<void*>(&in_place<And>)},
    {Py_nb_inplace_xor, reinterpret_cast<void*>(&in_place<Xor>)},
    {},
};

PyType_Spec integer_spec{"atomos.multiprocessing.atomic.AtomicInteger", sizeof(SharedNumber), 0,
                         Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
PyType_Spec long_spec{"atomos.multiprocessing.atomic.AtomicLong", sizeof(SharedNumber), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

bool add_process_integers(PyObject* module, PyTypeObject* base) {
    return add_process_type(module, integer_spec, base) != nullptr &&
           add_process_type(module, long_spec, base) != nullptr;
}

}  // namespace atomos::python
