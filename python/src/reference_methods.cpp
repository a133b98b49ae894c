/// \file
/// AtomicReference, and the methods of all of atomos.atomic's classes.

#include "bounded.hpp"
#include "options.hpp"
#include "reference.hpp"

namespace atomos::python {
namespace {

[[gnu::noinline]] PyObject* get_at_last(PyObject* self) {
    return look(reference(self).slot).object.release();
}
PyObject* get(PyObject* self, PyObject*) {
    return reference(self).slot.get_quickly([&] { return get_at_last(self); });
}

PyObject* read(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"read", {"fn"}};
    const Arguments arguments(signature, args, given, keywords);
    const Ref value = arguments ? look(reference(self).slot).object : Ref();
    return value ? PyObject_CallOneArg(arguments[0], value.get()) : nullptr;
}

constexpr Signature<1> set_signature{"set", {"value"}};
PyObject* set(PyObject* self, PyObject* value) { return store(reference(self), value); }

constexpr Signature<1> get_and_set_signature{"get_and_set", {"value"}};
[[gnu::cold, gnu::noinline]] PyObject* not_exchanged(Word next) noexcept {
    Slot::drop(next);
    return nullptr;
}
/// Of an accepted value, where values are objects.
[[gnu::always_inline]] inline PyObject* exchange(Reference& into, PyObject* value) noexcept {
    const Word next = Slot::own(value, Slot::Ints::objects);
    const Word old = into.slot.put(next);
    if (old == Slot::not_put) [[unlikely]]
        return not_exchanged(next);
    PyObject* const result = old == 0 ? Py_NewRef(Py_None) : Slot::take(old).release();
    if (is_awaited(into.waiting)) [[unlikely]]
        return wake_and_return(into, 0, result);
    return result;
}
[[gnu::noinline]] PyObject* get_and_set_at_last(PyObject* self, PyObject* value) {
    Reference& into = reference(self);
    if (has_gil || into.ints() == Slot::Ints::objects) {
        return accepts(into, value) ? exchange(into, value) : nullptr;
    }
    // An int that is a word becomes an object before the write, since there may be no memory for it.
    return change(into, [&](PyObject*) { return Ref::to(value); }).old.release();
}
PyObject* get_and_set(PyObject* self, PyObject* value) {
    Reference& into = reference(self);
    if ((has_gil || into.ints() == Slot::Ints::objects) && surely_accepts(into, value)) {
        return exchange(into, value);
    }
    return get_and_set_at_last(self, value);
}

/// The outcome of a comparison, and what stood (if it lost) or stands now. Nothing stands: an error is
/// set, and nothing changed.
struct Outcome {
    bool won;
    Ref now;
};

/// User code compares with nothing held. An equal value that is replaced meanwhile is looked at again.
Outcome compare(Reference& self, PyObject* expect, PyObject* update) {
    for (;;) {
        Look seen = look(self.slot);
        if (!seen.object) return {false, {}};
        const int equal = same_or_equal(seen.object.get(), expect);
        if (equal < 0) return {false, {}};
        if (equal == 0) return {false, std::move(seen.object)};
        if (!accepts(self, update)) return {false, {}};
        if (replace(self, seen, update)) return {true, Ref::to(update)};
        if (PyErr_Occurred() != nullptr) return {false, {}};
    }
}

/// Compares words, where value and operands are ints that are words: an equal int is the same word.
/// -1: it is not as simple, and nothing has changed.
int replace_int(Reference& self, PyObject* expect, PyObject* update) noexcept {
    const Word expected = Slot::int_word(expect, self.ints());
    const Word next = expected != 0 ? Slot::int_word(update, self.ints()) : 0;
    if (next == 0) return -1;
    for (;;) {
        const Word seen = self.slot.load();
        if (!Slot::is_int(seen)) return -1;
        if (seen != expected) return 0;
        if (!self.slot.replace(seen, next)) continue;
        changed(self.waiting);
        return 1;
    }
}

PyObject* compare_and_set(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_set", {"expect", "update"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    if constexpr (!has_gil) {
        const int won = replace_int(reference(self), arguments[0], arguments[1]);
        if (won >= 0) return Py_NewRef(won != 0 ? Py_True : Py_False);
    }
    const Outcome outcome = compare(reference(self), arguments[0], arguments[1]);
    return outcome.now ? Py_NewRef(outcome.won ? Py_True : Py_False) : nullptr;
}

PyObject* compare_and_exchange(PyObject* self, PyObject* const* args, Py_ssize_t given,
                               PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_exchange", {"expect", "update"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    const Ref won = attempt_of(self, true, arguments[1]);  // before the write: it may fail
    if (!won) return nullptr;
    const Outcome outcome = compare(reference(self), arguments[0], arguments[1]);
    if (!outcome.now) return nullptr;
    return outcome.won ? Py_NewRef(won.get())
                       : attempt_of(self, false, outcome.now.get()).release();
}

/// As by_function, after SwapOptions.
template <bool wants_old, bool with_operand>
PyObject* by_function_within(PyObject* self, const char* name, PyObject* const* args,
                             Py_ssize_t given, PyObject* keywords) {
    if constexpr (with_operand) {
        const Signature<2> signature{name, {"x", "fn"}};
        const Arguments arguments(signature, args + 1, given - 1, keywords);
        if (!arguments) return nullptr;
        return update_within<wants_old>(self, args[0], arguments[1], arguments[0]);
    } else {
        const Signature<1> signature{name, {"fn"}};
        const Arguments arguments(signature, args + 1, given - 1, keywords);
        return arguments ? update_within<wants_old>(self, args[0], arguments[0], nullptr) : nullptr;
    }
}

/// The four forms of a change by a function.
template <bool wants_old, bool with_operand>
PyObject* by_function(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr const char* name =
        with_operand ? (wants_old ? "get_and_accumulate" : "accumulate_and_get")
                     : (wants_old ? "get_and_update" : "update_and_get");
    const auto answer = [](Change made) {
        return wants_old && made.now ? made.old.release() : made.now.release();
    };
    constexpr Py_ssize_t parameters = with_operand ? 2 : 1;
    const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
    if (given + named > parameters && has_swap_options(self, args, given)) {
        return by_function_within<wants_old, with_operand>(self, name, args, given, keywords);
    }
    if constexpr (with_operand) {
        static constexpr Signature<2> signature{name, {"x", "fn"}};
        const Arguments arguments(signature, args, given, keywords);
        if (!arguments) return nullptr;
        return answer(change(reference(self), [&](PyObject* value) {
            PyObject* const values[] = {value, arguments[0]};
            return Ref::taken(PyObject_Vectorcall(arguments[1], values, 2, nullptr));
        }));
    } else {
        static constexpr Signature<1> signature{name, {"fn"}};
        PyObject* const fn = only_argument(signature, args, given, keywords);
        if (fn == nullptr) return nullptr;
        return answer(change(reference(self), [&](PyObject* value) {
            return Ref::taken(PyObject_CallOneArg(fn, value));
        }));
    }
}

PyObject* try_update(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"try_update", {"fn"}};
    const bool has_options = has_try_options(self, args, given);
    const Py_ssize_t before = has_options ? 1 : 0;
    const Arguments arguments(signature, args + before, given - before, keywords);
    if (!arguments) return nullptr;
    if (has_options) return try_update_within(self, args[0], arguments[0]);
    Reference& into = reference(self);
    PyObject* const unchanged = state_of(Py_TYPE(self)).unchanged;
    for (;;) {
        Look seen = look(into.slot);
        if (!seen.object) return nullptr;
        const Ref next = Ref::taken(PyObject_CallOneArg(arguments[0], seen.object.get()));
        if (!next) return nullptr;
        if (is_refusal(into, next.get(), unchanged)) {
            return attempt_of(self, false, seen.object.get()).release();
        }
        if (!accepts(into, next.get())) return nullptr;
        Ref attempt = attempt_of(self, true, next.get());
        if (!attempt) return nullptr;
        if (replace(into, seen, next.get())) return attempt.release();
        if (PyErr_Occurred() != nullptr) return nullptr;
    }
}

constexpr Signature<1> set_if_less_signature{"set_if_less", {"value"}};
constexpr Signature<1> set_if_greater_signature{"set_if_greater", {"value"}};

/// References wait for another object, numbers for another value.
struct See {
    static Waiting& waiting(PyObject* self) { return reference(self).waiting; }
    static Ref other_than(PyObject* self, PyObject* old) {
        Ref now = look(reference(self).slot).object;
        if (!now || now.get() == old) return {};
        if (reference(self).kind == Kind::anything) return now;
        const int equal = same_or_equal(now.get(), old);
        return equal == 0 ? std::move(now) : Ref();
    }
};

PyObject* get_value(PyObject* self, void*) { return get(self, nullptr); }
int set_value(PyObject* self, PyObject* value, void*) {
    if (value == nullptr) {
        PyErr_SetString(PyExc_AttributeError, "_value cannot be deleted");
        return -1;
    }
    const Ref stored = Ref::taken(store(reference(self), value));
    return stored ? 0 : -1;
}

PyObject* represent(PyObject* self) {
    const Ref value = look(reference(self).slot).object;
    return value ? describe("atomos.atomic", self, value.get()) : nullptr;
}

}  // namespace

PyMethodDef reference_methods[] = {
    without_arguments("get", &get,
                      "get($self, /)\n--\n\n"
                      "Return the value.\n\n"
                      "Progress   Wait-free with the GIL, lock-free without it."),
    with_arguments("read", &read,
                   "read($self, /, fn)\n--\n\n"
                   "Return fn(value).\n\n"
                   "Errors     What fn raises."),
    with_arguments("set", &OfOne<set_signature, set>::call,
                   "set($self, /, value)\n--\n\n"
                   "Replace the value, whatever it is, and return the new one.\n\n"
                   "Progress   As get().\n"
                   "Errors     TypeError: the class does not accept it; nothing has changed."),
    with_arguments("get_and_set", &OfOne<get_and_set_signature, get_and_set>::call,
                   "get_and_set($self, /, value)\n--\n\n"
                   "Replace the value, and return the one before.\n\n"
                   "Errors     As set()."),
    with_arguments(
        "compare_and_set", &compare_and_set,
        "compare_and_set($self, /, expect, update)\n--\n\n"
        "Replace the value if it is `expect` or equals it; return whether that was so.\n\n"
        "`current == expect` is asked with nothing locked. If the value is replaced meanwhile, "
        "the\n"
        "new one is compared: an equal value is never missed.\n\n"
        "Progress   Lock-free, but for what == does.\n"
        "Errors     What == raises; TypeError where `update` would have to be stored and is not\n"
        "           accepted. Nothing has changed."),
    with_arguments(
        "compare_and_exchange", &compare_and_exchange,
        "compare_and_exchange($self, /, expect, update)\n--\n\n"
        "As compare_and_set(), but return Attempt(won, now): the value that stands now."),
    with_arguments(
        "update_and_get", &by_function<false, false>,
        "update_and_get($self, /, fn)\n--\n\n"
        "Replace the value by fn(value), and return the new one.\n\n"
        "fn runs with nothing locked, and again after a lost race: it should have no side\n"
        "effects. It may use the same object.\n\n"
        "Progress   Lock-free.\n"
        "Errors     What fn raises; TypeError as in set(). Nothing has changed."),
    with_arguments("get_and_update", &by_function<true, false>,
                   "get_and_update($self, /, fn)\n--\n\n"
                   "As update_and_get(), but return the value before."),
    with_arguments(
        "accumulate_and_get", &by_function<false, true>,
        "accumulate_and_get($self, /, x, fn)\n--\n\n"
        "Replace the value by fn(value, x), and return the new one. As update_and_get()."),
    with_arguments("get_and_accumulate", &by_function<true, true>,
                   "get_and_accumulate($self, /, x, fn)\n--\n\n"
                   "As accumulate_and_get(), but return the value before."),
    with_arguments(
        "try_update", &try_update,
        "try_update($self, /, fn)\n--\n\n"
        "As update_and_get(), but fn may return UNCHANGED (or None, where the class does\n"
        "not accept None) to leave the value. Return Attempt(won, now)."),
    with_arguments(
        "set_if_less", &OfOne<set_if_less_signature, set_if<Py_LT>>::call,
        "set_if_less($self, /, value)\n--\n\n"
        "Set the value if it is less than the one that stands; return whether it was.\n\n"
        "Errors     What < raises, and as set(). Nothing has changed."),
    with_arguments("set_if_greater", &OfOne<set_if_greater_signature, set_if<Py_GT>>::call,
                   "set_if_greater($self, /, value)\n--\n\n"
                   "As set_if_less(), if it is greater."),
    with_arguments(
        "wait", &Waits<See>::wait,
        "wait($self, /, old)\n--\n\n"
        "Wait until the value is not `old`, and return it. Writers notify by themselves.\n\n"
        "References wait for another object, numbers and booleans for a value that is not\n"
        "equal. A value that changes and changes back may be missed.\n\n"
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
                      "notify_one($self, /)\n--\n\n"
                      "Have those that wait look again. Writers do this by themselves."),
    without_arguments("notify_all", &Waits<See>::notify,
                      "notify_all($self, /)\n--\n\n"
                      "Have those that wait look again. Writers do this by themselves."),
    {"__reduce_ex__", &refuse_to_pickle, METH_O,
     "__reduce_ex__($self, protocol, /)\n--\n\nRaise TypeError: threads share it."},
    {"__class_getitem__", &Py_GenericAlias, METH_O | METH_CLASS,
     "AtomicReference[T], for annotations."},
    {},
};

namespace {

PyGetSetDef reference_getset[] = {
    {"_value", &get_value, &set_value, "The value; assignment is set().", nullptr},
    {"__dict__", &PyObject_GenericGetDict, &PyObject_GenericSetDict, nullptr, nullptr},
    {},
};

PyType_Slot reference_slots[] = {
    {Py_tp_doc,
     const_cast<char*>(
         "AtomicReference(value=None)\n--\n\n"
         "One object, replaced whole by any thread.\n\n"
         "The object itself is not guarded: put immutable values here, or copies that nobody\n"
         "changes any more.\n\n"
         "Order      Every method is linearizable.\n"
         "Progress   Lock-free, but for wait*(). No Python code runs with anything locked.\n"
         "Bound      64 bytes beside the value, 128 on Python 3.11.\n"
         "Source     java.util.concurrent.atomic.AtomicReference; atomos 0.3.1.")},
    {Py_tp_new, reinterpret_cast<void*>(&make_reference<Kind::anything>)},
    {Py_tp_init, reinterpret_cast<void*>(&initialise_reference)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&end_reference)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit_reference)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear_reference)},
    {Py_tp_repr, reinterpret_cast<void*>(&represent)},
    {Py_tp_methods, reference_methods},
    {Py_tp_members, plain_members},
    {Py_tp_getset, reference_getset},
    {},
};

PyType_Spec reference_spec{"atomos.atomic.AtomicReference", sizeof(Reference), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                           reference_slots};

}  // namespace

bool add_references(PyObject* module, PyTypeObject*& base) {
    base = add_type(module, reference_spec, nullptr);
    return base != nullptr;
}

}  // namespace atomos::python
