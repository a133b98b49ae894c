/// \file
/// The methods that all numbers of the process scope have.

#include <functional>

#include "bounded.hpp"
#include "process_number.hpp"

namespace atomos::python {
namespace {

/// Sleeps until another value than `seen` may stand, with the GIL released. False: an error is set.
bool sleep(SharedNumber& self, NumberWord& word, std::uint64_t seen, const Deadline& deadline) {
    constexpr std::chrono::milliseconds slice{50};
    process::CellLine& line = *self.line;
    process::Memory& memory = *self.home.load(std::memory_order_acquire)->memory;
    auto until = std::chrono::steady_clock::now() + slice;
    if (deadline && *deadline < until) until = *deadline;
    const auto same = [&] { return load(word, self.form) == seen; };
    Py_BEGIN_ALLOW_THREADS;
    for (bool again = true; again && same();) {
        const std::uint64_t turn = line.turn.load(std::memory_order_seq_cst);
        if (!memory.read_only()) process::announce_wait(line.waiting, turn + 1);
        again = same() && memory.sleep(line.turn, turn, &until);
    }
    Py_END_ALLOW_THREADS;
    return PyErr_CheckSignals() == 0;
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

PyObject* wait_while(PyObject* self, PyObject* old, const Deadline& deadline) {
    SharedNumber& number = shared_number(self);
    NumberWord* const word = readable(number);
    if (word == nullptr) return nullptr;
    for (;;) {
        const bool over = deadline && std::chrono::steady_clock::now() >= *deadline;
        const std::uint64_t seen = load(*word, number.form);
        Ref now = object_of(number.form, seen);
        if (!now) return nullptr;
        const int equal = equals(now.get(), old);
        if (equal < 0) return nullptr;
        if (equal == 0) return now.release();
        if (over) Py_RETURN_NONE;
        now = Ref();  // a daemon thread that sleeps when the interpreter ends holds nothing
        if (!sleep(number, *word, seen, deadline)) return nullptr;
    }
}

PyObject* wait(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"wait", {"old"}};
    const Arguments arguments(signature, args, given, keywords);
    return arguments ? wait_while(self, arguments[0], std::nullopt) : nullptr;
}

PyObject* wait_for(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<2> signature{"wait_for", {"old", "seconds"}};
    const Arguments arguments(signature, args, given, keywords);
    Deadline deadline;
    if (!arguments || !deadline_after(arguments[1], deadline)) return nullptr;
    return wait_while(self, arguments[0], deadline);
}

PyObject* wait_until(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<2> signature{"wait_until", {"old", "deadline"}};
    const Arguments arguments(signature, args, given, keywords);
    Deadline deadline;
    if (!arguments || !deadline_at(arguments[1], deadline)) return nullptr;
    return wait_while(self, arguments[0], deadline);
}

PyObject* notify(PyObject* self, PyObject*) {
    if (writable(shared_number(self)) == nullptr) return nullptr;
    told(shared_number(self));
    Py_RETURN_NONE;
}

PyObject* get(PyObject* self, PyObject*) {
    SharedNumber& number = shared_number(self);
    NumberWord* const word = readable(number);
    return word == nullptr ? nullptr : object_of(number.form, load(*word, number.form)).release();
}

PyObject* read(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"read", {"fn"}};
    const Arguments arguments(signature, args, given, keywords);
    const Ref value = arguments ? Ref::taken(get(self, nullptr)) : Ref();
    return value ? PyObject_CallOneArg(arguments[0], value.get()) : nullptr;
}

PyObject* set(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"set", {"value"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    PyObject* const value = arguments[0];
    return change(shared_number(self), [&](PyObject*) { return Ref::to(value); }).now
               ? Py_NewRef(value)
               : nullptr;
}

PyObject* get_and_set(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"get_and_set", {"value"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    PyObject* const value = arguments[0];
    return answer<Wants::old>(
        change(shared_number(self), [&](PyObject*) { return Ref::to(value); }));
}

struct Outcome {
    bool won;
    Ref now;  ///< what stands; none: an error is set, and nothing changed
};

Outcome compare(SharedNumber& self, PyObject* expect, PyObject* update) {
    NumberWord* const word = writable(self);
    if (word == nullptr) return {false, {}};
    for (;;) {
        const std::uint64_t seen = load(*word, self.form);
        Ref current = object_of(self.form, seen);
        if (!current) return {false, {}};
        const int equal = equals(current.get(), expect);
        if (equal < 0) return {false, {}};
        if (equal == 0) return {false, std::move(current)};
        std::uint64_t next = 0;
        if (!bits_of(self.form, update, next)) return {false, {}};
        Ref now = object_of(self.form, next);
        if (!now) return {false, {}};
        if (!compare_exchange(*word, self.form, seen, next)) continue;
        told(self);
        return {true, std::move(now)};
    }
}

PyObject* compare_and_set(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_set", {"expect", "update"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    return compare_numbers(shared_number(self), arguments[0], arguments[1]);
}

PyObject* compare_and_exchange(PyObject* self, PyObject* const* args, Py_ssize_t given,
                               PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_exchange", {"expect", "update"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    const Outcome outcome = compare(shared_number(self), arguments[0], arguments[1]);
    return outcome.now ? attempt_of(self, outcome.won, outcome.now.get()).release() : nullptr;
}

template <Wants wants, bool with_operand>
PyObject* by_function(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    constexpr bool old = wants == Wants::old;
    if constexpr (with_operand) {
        static constexpr Signature<2> signature{old ? "get_and_accumulate" : "accumulate_and_get",
                                                {"x", "fn"}};
        const Arguments arguments(signature, args, given, keywords);
        if (!arguments) return nullptr;
        return answer<wants>(change(shared_number(self), [&](PyObject* value) {
            PyObject* const values[] = {value, arguments[0]};
            return Ref::taken(PyObject_Vectorcall(arguments[1], values, 2, nullptr));
        }));
    } else {
        static constexpr Signature<1> signature{old ? "get_and_update" : "update_and_get", {"fn"}};
        const Arguments arguments(signature, args, given, keywords);
        if (!arguments) return nullptr;
        return answer<wants>(change(shared_number(self), [&](PyObject* value) {
            return Ref::taken(PyObject_CallOneArg(arguments[0], value));
        }));
    }
}

PyObject* try_update(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    TryUpdate attempt(self, args, given, keywords);
    return attempt ? attempt.answer(change(shared_number(self), std::ref(attempt))) : nullptr;
}

}  // namespace

PyObject* compare_numbers(SharedNumber& self, PyObject* expect, PyObject* update) {
    const Outcome outcome = compare(self, expect, update);
    return outcome.now ? Py_NewRef(outcome.won ? Py_True : Py_False) : nullptr;
}

PyMethodDef process_number_methods[] = {
    without_arguments("get", &get, "get($self, /)\n--\n\nReturn the value. Wait-free."),
    with_arguments("read", &read,
                   "read($self, /, fn)\n--\n\nReturn fn(value).\n\nErrors     What fn raises."),
    with_arguments("set", &set,
                   "set($self, /, value)\n--\n\n"
                   "Replace the value, whatever it is, and return the argument.\n\n"
                   "Errors     TypeError, OverflowError; nothing has changed."),
    with_arguments("get_and_set", &get_and_set,
                   "get_and_set($self, /, value)\n--\n\n"
                   "Replace the value, and return the one before."),
    with_arguments("compare_and_set", &compare_and_set,
                   "compare_and_set($self, /, expect, update)\n--\n\n"
                   "Replace the value if it equals `expect`; return whether that was so.\n\n"
                   "What no value of this type can be never matches. NaN matches NaN."),
    with_arguments("compare_and_exchange", &compare_and_exchange,
                   "compare_and_exchange($self, /, expect, update)\n--\n\n"
                   "As compare_and_set(), but return Attempt(won, now)."),
    with_arguments("update_and_get", &by_function<Wants::now, false>,
                   "update_and_get($self, /, fn)\n--\n\n"
                   "Replace the value by fn(value), and return the new one.\n\n"
                   "fn runs with nothing locked, and again after a lost race.\n"
                   "Errors     What fn raises; as set(). Nothing has changed."),
    with_arguments("get_and_update", &by_function<Wants::old, false>,
                   "get_and_update($self, /, fn)\n--\n\nAs update_and_get(); return the old one."),
    with_arguments("accumulate_and_get", &by_function<Wants::now, true>,
                   "accumulate_and_get($self, /, x, fn)\n--\n\n"
                   "Replace the value by fn(value, x), and return the new one."),
    with_arguments("get_and_accumulate", &by_function<Wants::old, true>,
                   "get_and_accumulate($self, /, x, fn)\n--\n\n"
                   "As accumulate_and_get(); return the old one."),
    with_arguments(
        "try_update", &try_update,
        "try_update($self, /, fn)\n--\n\n"
        "As update_and_get(), but fn may return UNCHANGED or None to leave the value.\n"
        "Return Attempt(won, now). try_update(TryOptions(...), fn) may also give up after a\n"
        "lost race."),
    with_arguments(
        "set_if_less", &set_shared_if<Py_LT>,
        "set_if_less($self, /, value)\n--\n\n"
        "Set the value if it is less than the one that stands; return whether it was.\n\n"
        "Errors     As set()."),
    with_arguments("set_if_greater", &set_shared_if<Py_GT>,
                   "set_if_greater($self, /, value)\n--\n\n"
                   "As set_if_less(), if it is greater."),
    with_arguments("wait", &wait,
                   "wait($self, /, old)\n--\n\n"
                   "Wait until the value does not equal `old`, and return it.\n\n"
                   "Progress   Blocks, with the GIL released; signals are handled meanwhile."),
    with_arguments("wait_for", &wait_for,
                   "wait_for($self, /, old, seconds)\n--\n\n"
                   "As wait(), but return None if the value was still `old` after that time."),
    with_arguments("wait_until", &wait_until,
                   "wait_until($self, /, old, deadline)\n--\n\n"
                   "As wait_for(), up to a time of time.monotonic()."),
    without_arguments("notify_one", &notify,
                      "notify_one($self, /)\n--\n\n"
                      "Wake those that wait. Writers in Python do this by themselves."),
    without_arguments("notify_all", &notify,
                      "notify_all($self, /)\n--\n\n"
                      "Wake those that wait. Writers in Python do this by themselves."),
    {"__reduce__", &reduce_number, METH_NOARGS,
     "__reduce__($self, /)\n--\n\nThe address of the variable: a copy stands for the same one."},
    {"_attached", &attached_number, METH_VARARGS | METH_CLASS, nullptr},
    {},
};

}  // namespace atomos::python
