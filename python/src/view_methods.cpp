/// \file
/// The methods that every AtomicView has.

#include <functional>

#include "bounded.hpp"
#include "view.hpp"

namespace atomos::python {
namespace {

PyObject* get(PyObject* self, PyObject*) {
    const Item* const item = readable(self);
    return item == nullptr ? nullptr : value_of(*item).release();
}

PyObject* read(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"read", {"fn"}};
    const Arguments arguments(signature, args, given, keywords);
    const Ref value = arguments ? Ref::taken(get(self, nullptr)) : Ref();
    return value ? PyObject_CallOneArg(arguments[0], value.get()) : nullptr;
}

constexpr Signature<1> set_signature{"set", {"value"}};
PyObject* set(PyObject* self, PyObject* value) {
    const Item* const item = writable(self);
    if (item == nullptr) return nullptr;
    return change(*item, [&](PyObject*) { return Ref::to(value); }).now ? Py_NewRef(value)
                                                                        : nullptr;
}

constexpr Signature<1> get_and_set_signature{"get_and_set", {"value"}};
PyObject* get_and_set(PyObject* self, PyObject* value) {
    const Item* const item = writable(self);
    if (item == nullptr) return nullptr;
    return answer<true>(change(*item, [&](PyObject*) { return Ref::to(value); }));
}

bool is_nan(PyObject* value) {
    return PyFloat_Check(value) && PyFloat_AS_DOUBLE(value) != PyFloat_AS_DOUBLE(value);
}

/// Whether a value that stood equals another: NaN equals NaN here, as it is no object of its own. -1: an
/// error is set.
int equals(PyObject* current, PyObject* expect) {
    if (is_nan(current) && is_nan(expect)) return 1;
    return same_or_equal(current, expect);
}

/// Whether it won, and what stands; nothing: an error is set, and nothing changed.
struct Outcome {
    bool won;
    Ref now;
};

/// User code compares with nothing held. An equal value that is replaced meanwhile is looked at again.
Outcome compare(const Item& item, PyObject* expect, PyObject* update) {
    for (;;) {
        const std::uint64_t seen = load(item);
        Ref current = object_of(item.form, seen);
        const int equal = current ? equals(current.get(), expect) : -1;
        if (equal < 0) return {false, {}};
        if (equal == 0) return {false, std::move(current)};
        std::uint64_t next = 0;
        if (!bits_of(item, update, next)) return {false, {}};
        Ref now = object_of(item.form, next);
        if (!now) return {false, {}};
        if (replace(item, seen, next)) return {true, std::move(now)};
    }
}

PyObject* compare_and_set(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_set", {"expect", "update"}};
    const Arguments arguments(signature, args, given, keywords);
    const Item* const item = arguments ? writable(self) : nullptr;
    if (item == nullptr) return nullptr;
    const Outcome outcome = compare(*item, arguments[0], arguments[1]);
    return outcome.now ? Py_NewRef(outcome.won ? Py_True : Py_False) : nullptr;
}

PyObject* compare_and_exchange(PyObject* self, PyObject* const* args, Py_ssize_t given,
                               PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_exchange", {"expect", "update"}};
    const Arguments arguments(signature, args, given, keywords);
    const Item* const item = arguments ? writable(self) : nullptr;
    if (item == nullptr) return nullptr;
    const Outcome outcome = compare(*item, arguments[0], arguments[1]);
    return outcome.now ? attempt_of(self, outcome.won, outcome.now.get()).release() : nullptr;
}

template <bool old>
PyObject* update(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{old ? "get_and_update" : "update_and_get", {"fn"}};
    PyObject* const fn = only_argument(signature, args, given, keywords);
    const Item* const item = fn != nullptr ? writable(self) : nullptr;
    if (item == nullptr) return nullptr;
    return answer<old>(
        change(*item, [&](PyObject* value) { return Ref::taken(PyObject_CallOneArg(fn, value)); }));
}

template <bool old>
PyObject* accumulate(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<2> signature{old ? "get_and_accumulate" : "accumulate_and_get",
                                            {"x", "fn"}};
    const Arguments arguments(signature, args, given, keywords);
    const Item* const item = arguments ? writable(self) : nullptr;
    if (item == nullptr) return nullptr;
    return answer<old>(change(*item, [&](PyObject* value) {
        PyObject* const values[] = {value, arguments[0]};
        return Ref::taken(PyObject_Vectorcall(arguments[1], values, 2, nullptr));
    }));
}

PyObject* try_update(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    TryUpdate attempt(self, args, given, keywords);
    const Item* const item = attempt ? writable(self) : nullptr;
    return item != nullptr ? attempt.answer(change(*item, std::ref(attempt))) : nullptr;
}

/// set_if_less (Py_LT) and set_if_greater (Py_GT).
template <int op>
PyObject* set_if(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{op == Py_LT ? "set_if_less" : "set_if_greater",
                                            {"value"}};
    PyObject* const value = only_argument(signature, args, given, keywords);
    const Item* const item = value != nullptr ? writable(self) : nullptr;
    std::uint64_t bits = 0;
    if (item == nullptr || !bits_of(*item, value, bits)) return nullptr;
    const Ref next = object_of(item->form, bits);  // what would stand: a float may be rounded
    if (!next) return nullptr;
    int beyond = -1;
    const Change made = change(*item, [&](PyObject* standing) {
        beyond = PyObject_RichCompareBool(next.get(), standing, op);
        return beyond > 0 ? Ref::to(next.get()) : Ref();
    });
    if (made.now) Py_RETURN_TRUE;
    return beyond == 0 ? Py_NewRef(Py_False) : nullptr;
}

struct See {
    static Waiting& waiting(PyObject* self) {
        static constinit Waiting nobody;
        const Item* const item = view(self).item.load(std::memory_order_acquire);
        return item == nullptr ? nobody : *item->waiting;
    }
    static Ref other_than(PyObject* self, PyObject* old) {
        const Item* const item = readable(self);
        Ref now = item == nullptr ? Ref() : value_of(*item);
        if (!now) return now;
        const int equal = equals(now.get(), old);
        return equal == 0 ? std::move(now) : Ref();
    }
};

}  // namespace

PyMethodDef view_methods[] = {
    without_arguments("get", &get, "get($self, /)\n--\n\nReturn the value. Wait-free."),
    with_arguments("read", &read,
                   "read($self, /, fn)\n--\n\nReturn fn(value).\n\nErrors     What fn raises."),
    with_arguments("set", &OfOne<set_signature, set>::call,
                   "set($self, /, value)\n--\n\n"
                   "Replace the value, whatever it is, and return the argument.\n\n"
                   "Errors     TypeError, OverflowError, PermissionDenied; nothing has changed."),
    with_arguments("get_and_set", &OfOne<get_and_set_signature, get_and_set>::call,
                   "get_and_set($self, /, value)\n--\n\n"
                   "Replace the value, and return the one before.\n\nErrors     As set()."),
    with_arguments("compare_and_set", &compare_and_set,
                   "compare_and_set($self, /, expect, update)\n--\n\n"
                   "Replace the value if it equals `expect`; return whether that was so.\n\n"
                   "What no value of this format can be never matches. NaN matches NaN.\n\n"
                   "Errors     What == raises, and as set(). Nothing has changed."),
    with_arguments("compare_and_exchange", &compare_and_exchange,
                   "compare_and_exchange($self, /, expect, update)\n--\n\n"
                   "As compare_and_set(), but return Attempt(won, now)."),
    with_arguments("update_and_get", &update<false>,
                   "update_and_get($self, /, fn)\n--\n\n"
                   "Replace the value by fn(value), and return the new one.\n\n"
                   "fn runs with nothing locked, and again after a lost race.\n\n"
                   "Errors     What fn raises, and as set(). Nothing has changed."),
    with_arguments("get_and_update", &update<true>,
                   "get_and_update($self, /, fn)\n--\n\n"
                   "As update_and_get(), but return the value before."),
    with_arguments("accumulate_and_get", &accumulate<false>,
                   "accumulate_and_get($self, /, x, fn)\n--\n\n"
                   "Replace the value by fn(value, x), and return the new one."),
    with_arguments("get_and_accumulate", &accumulate<true>,
                   "get_and_accumulate($self, /, x, fn)\n--\n\n"
                   "As accumulate_and_get(), but return the value before."),
    with_arguments(
        "try_update", &try_update,
        "try_update($self, /, fn)\n--\n\n"
        "As update_and_get(), but fn may return UNCHANGED or None to leave the value.\n"
        "Return Attempt(won, now). try_update(TryOptions(...), fn) may also give up after a\n"
        "lost race."),
    with_arguments(
        "set_if_less", &set_if<Py_LT>,
        "set_if_less($self, /, value)\n--\n\n"
        "Set the value if it is less than the one that stands; return whether it was.\n\n"
        "Errors     As set()."),
    with_arguments("set_if_greater", &set_if<Py_GT>,
                   "set_if_greater($self, /, value)\n--\n\nAs set_if_less(), if it is greater."),
    with_arguments(
        "wait", &Waits<See>::wait,
        "wait($self, /, old)\n--\n\n"
        "Wait until the value does not equal `old`, and return it. Changes through views\n"
        "of this process end it.\n\n"
        "Progress   Blocks, with the GIL released. Signals are handled meanwhile.\n"
        "Errors     What a signal's handler raises, such as KeyboardInterrupt."),
    with_arguments("wait_for", &Waits<See>::wait_for,
                   "wait_for($self, /, old, seconds)\n--\n\n"
                   "As wait(), but return None if the value was still `old` after that time.\n\n"
                   "Errors     TypeError, ValueError: no number of seconds."),
    with_arguments("wait_until", &Waits<See>::wait_until,
                   "wait_until($self, /, old, deadline)\n--\n\n"
                   "As wait_for(), up to a time of time.monotonic()."),
    without_arguments("notify_one", &Waits<See>::notify,
                      "notify_one($self, /)\n--\n\nAs notify_all()."),
    without_arguments(
        "notify_all", &Waits<See>::notify,
        "notify_all($self, /)\n--\n\n"
        "Have those that wait look again: after a change that was not made by a view."),
    {"__reduce_ex__", &refuse_to_pickle, METH_O,
     "__reduce_ex__($self, protocol, /)\n--\n\nRaise TypeError: threads share it."},
    {"__class_getitem__", &Py_GenericAlias, METH_O | METH_CLASS, "AtomicView[T], for annotations."},
    {},
};

}  // namespace atomos::python
