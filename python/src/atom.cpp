/// \file
/// Atom: swap, reset and their relatives.

#include "atom.hpp"
#include "bounded.hpp"
#include "call.hpp"
#include "options.hpp"

#include <new>

namespace atomos::python {
namespace {

/// Sets ValidationError, with the exception that is set, if any, as its cause.
void refuse(PyObject* self, PyObject* candidate) {
    PyObject *type = nullptr, *cause = nullptr, *trace = nullptr;
    PyErr_Fetch(&type, &cause, &trace);
    if (type != nullptr) {
        PyErr_NormalizeException(&type, &cause, &trace);
        if (trace != nullptr) PyException_SetTraceback(cause, trace);
    }
    Py_XDECREF(type);
    Py_XDECREF(trace);
    PyErr_Format(state_of(Py_TYPE(self)).validation_error,
                 "the validator of this %s refuses a candidate (%s); nothing has changed",
                 class_name(self), class_name(candidate));
    if (cause == nullptr) return;
    PyObject *error_type = nullptr, *error = nullptr, *error_trace = nullptr;
    PyErr_Fetch(&error_type, &error, &error_trace);
    PyErr_NormalizeException(&error_type, &error, &error_trace);
    PyException_SetContext(error, Py_NewRef(cause));
    PyException_SetCause(error, cause);
    PyErr_Restore(error_type, error, error_trace);
}

}  // namespace

bool allows(PyObject* self, PyObject* validator, PyObject* candidate) {
    if (validator == nullptr) return true;
    const Ref answer = Ref::taken(PyObject_CallOneArg(validator, candidate));
    const int truth = answer ? PyObject_IsTrue(answer.get()) : -1;
    if (truth > 0) return true;
    refuse(self, candidate);
    return false;
}

bool told(PyObject* self, const Change& made) {
    Atom& changing = atom(self);
    changed(changing.waiting);
    if (changing.exact) [[likely]]
        return committed(self, made.old.get(), made.now.get());
    Raised errors;
    tell_watches(self, made.old.get(), made.now.get(), errors);
    return errors.none();
}

bool replace_in_row(PyObject* self, const GuardedState::Seen& seen, PyObject* next) {
    Entry entry{seen.state.object.get(), next, make_link(state_of(Py_TYPE(self)).link)};
    return entry.next && atom(self).state.replace(seen, next, &entry);
}

void tell_watches(PyObject* self, PyObject* old, PyObject* now, Raised& errors) {
    if (atom(self).exact) {
        notify(self, old, now, errors);
        return;
    }
    const Ref tell = Ref::taken(PyObject_GetAttrString(self, "notify_watches"));
    if (tell && is_own_notify_watches(self, tell.get())) {
        notify(self, old, now, errors);
    } else if (!tell || !Ref::taken(PyObject_CallFunctionObjArgs(tell.get(), old, now, nullptr))) {
        errors.add();
    }
}

namespace {

/// Replaces the state by compute(state), which runs again after a lost race. Not `now`: an error is set
/// and nothing changed, or compute has refused without one.
template <class Compute>
Change commit(PyObject* self, Compute&& compute) {
    Atom& changing = atom(self);
    for (;;) {
        auto seen = changing.state.see();
        if (!seen.state.object) return {};
        Ref next = compute(seen.state.object.get());
        if (!next) return {std::move(seen.state.object), {}};
        if (!allows(self, seen.validator.get(), next.get())) {
            if (changing.state.stands(seen)) return {std::move(seen.state.object), {}};
            PyErr_Clear();  // it has lost its race anyway, and is not refused for what it was
            continue;
        }
        if (replace(self, seen, next.get())) {
            return {std::move(seen.state.object), std::move(next)};
        }
        if (PyErr_Occurred() != nullptr) return {std::move(seen.state.object), {}};
    }
}

/// What a committed change returns: the new state, or both.
template <bool both>
PyObject* finish(PyObject* self, Change made) {
    if (!made.now) return nullptr;
    if constexpr (both) {
        // Told in any case: the change is committed.
        Ref pair = Ref::taken(PyTuple_Pack(2, made.old.get(), made.now.get()));
        return told(self, made) ? pair.release() : nullptr;
    } else {
        return told(self, made) ? made.now.release() : nullptr;
    }
}

/// fn(state), with nothing to be arranged.
struct PlainCall {
    PyObject* fn;

    Ref operator()(PyObject* state) const {
        PyObject* values[] = {nullptr, state};  // [0] is for vectorcall to use
        return Ref::taken(
            PyObject_Vectorcall(fn, values + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
    }
};

template <bool both>
PyObject* swap(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    if (keywords == nullptr && given == 1) [[likely]]
        return finish<both>(self, commit(self, PlainCall{args[0]}));
    if (has_swap_options(self, args, given)) return swap_within<both>(self, args, given, keywords);
    const Call call(both ? "swap_vals" : "swap", args, given, keywords);
    return call ? finish<both>(self, commit(self, call)) : nullptr;
}

PyObject* try_swap(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    if (has_try_options(self, args, given)) return try_swap_within(self, args, given, keywords);
    const Call call("try_swap", args, given, keywords);
    if (!call) return nullptr;
    PyObject* const unchanged = state_of(Py_TYPE(self)).unchanged;
    Ref attempt;
    const Change made = commit(self, [&](PyObject* state) {
        Ref next = call(state);
        if (!next) return next;
        const bool won = next.get() != unchanged;
        attempt = attempt_of(self, won, won ? next.get() : state);
        return won && attempt ? std::move(next) : Ref();
    });
    if (!made.now) return PyErr_Occurred() != nullptr ? nullptr : attempt.release();
    return told(self, made) ? attempt.release() : nullptr;
}

template <bool both>
PyObject* reset(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{both ? "reset_vals" : "reset", {"newval"}};
    PyObject* const next = only_argument(signature, args, given, keywords);
    if (next == nullptr) return nullptr;
    return finish<both>(self, commit(self, [&](PyObject*) { return Ref::to(next); }));
}

/// Whether a candidate is valid, which it has to be even where it is not going to be stored.
bool allowed_unstored(PyObject* self, PyObject* candidate) {
    const Ref validator = atom(self).state.validator();
    return allows(self, validator.get(), candidate);
}

/// The outcome of a comparison, and what stood if it lost. Neither: an error is set.
struct Outcome {
    Change made;
    Ref stood;
};

Outcome compare(PyObject* self, PyObject* expect, PyObject* update) {
    Outcome outcome;
    bool compared = true;
    outcome.made = commit(self, [&](PyObject* state) {
        const int equal = same_or_equal(state, expect);
        compared = equal >= 0;
        if (equal > 0) return Ref::to(update);
        if (equal == 0) outcome.stood = Ref::to(state);
        return Ref();
    });
    if (outcome.stood && !allowed_unstored(self, update)) outcome.stood = Ref();
    return outcome;
}

PyObject* compare_and_set(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_set", {"oldval", "newval"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    const Outcome outcome = compare(self, arguments[0], arguments[1]);
    if (outcome.made.now) return told(self, outcome.made) ? Py_NewRef(Py_True) : nullptr;
    return outcome.stood ? Py_NewRef(Py_False) : nullptr;
}

PyObject* compare_and_exchange(PyObject* self, PyObject* const* args, Py_ssize_t given,
                               PyObject* keywords) {
    static constexpr Signature<2> signature{"compare_and_exchange", {"oldval", "newval"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    Ref won = attempt_of(self, true, arguments[1]);  // before the write: it may fail
    if (!won) return nullptr;
    const Outcome outcome = compare(self, arguments[0], arguments[1]);
    if (outcome.made.now) return told(self, outcome.made) ? won.release() : nullptr;
    return outcome.stood ? attempt_of(self, false, outcome.stood.get()).release() : nullptr;
}

template <int op>
PyObject* set_if(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{op == Py_LT ? "set_if_less" : "set_if_greater",
                                            {"newval"}};
    PyObject* const next = only_argument(signature, args, given, keywords);
    if (next == nullptr) return nullptr;
    int beyond = -1;
    const Change made = commit(self, [&](PyObject* state) {
        beyond = PyObject_RichCompareBool(next, state, op);
        return beyond > 0 ? Ref::to(next) : Ref();
    });
    if (made.now) return told(self, made) ? Py_NewRef(Py_True) : nullptr;
    if (beyond != 0) return nullptr;
    return allowed_unstored(self, next) ? Py_NewRef(Py_False) : nullptr;
}

[[gnu::noinline]] PyObject* deref_at_last(PyObject* self) {
    return atom(self).state.look().object.release();
}
PyObject* deref(PyObject* self, PyObject*) {
    return atom(self).state.get_quickly([&] { return deref_at_last(self); });
}

PyObject* read(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"read", {"fn"}};
    const Arguments arguments(signature, args, given, keywords);
    const Ref state = arguments ? atom(self).state.look().object : Ref();
    return state ? PyObject_CallOneArg(arguments[0], state.get()) : nullptr;
}

PyObject* set_validator(PyObject* self, PyObject* const* args, Py_ssize_t given,
                        PyObject* keywords) {
    static constexpr Signature<1> signature{"set_validator", {"fn"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    if (arguments[0] == Py_None) {
        if (!atom(self).state.unguard()) return nullptr;
        Py_RETURN_NONE;
    }
    if (PyCallable_Check(arguments[0]) == 0) {
        PyErr_Format(PyExc_TypeError, "a validator has to be callable or None, not %s",
                     class_name(arguments[0]));
        return nullptr;
    }
    for (;;) {
        const auto seen = atom(self).state.see();
        if (!seen.state.object || !allows(self, arguments[0], seen.state.object.get())) {
            return nullptr;
        }
        if (atom(self).state.guard(seen, arguments[0])) Py_RETURN_NONE;
        if (PyErr_Occurred() != nullptr) return nullptr;
    }
}

PyObject* get_validator(PyObject* self, PyObject*) {
    Ref validator = atom(self).state.validator();
    if (!validator) Py_RETURN_NONE;
    return validator.release();
}

PyObject* next_change(PyObject* self, PyObject*) { return call_in_python("changed", self); }

/// Atoms wait for another object.
struct See {
    static Waiting& waiting(PyObject* self) { return atom(self).waiting; }
    static Ref other_than(PyObject* self, PyObject* old) {
        Ref now = atom(self).state.look().object;
        return now.get() == old ? Ref() : std::move(now);
    }
};

PyObject* represent(PyObject* self) {
    const Ref state = atom(self).state.look().object;
    return state ? describe("atomos.atom", self, state.get()) : nullptr;
}

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
    PyObject* const self = type->tp_alloc(type, 0);
    if (self == nullptr) return nullptr;
    begin_aref(self);
    ::new (&atom(self).state) GuardedState;
    ::new (&atom(self).waiting) Waiting;
    atom(self).exact = reinterpret_cast<PyHeapTypeObject*>(type)->ht_module != nullptr;
    if (give_attributes(aref(self).plain)) return self;
    Py_DECREF(self);
    return nullptr;
}

int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<1> signature{"__init__", {"state"}};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    const Change made = commit(self, [&](PyObject*) { return Ref::to(arguments[0]); });
    return made.now ? 0 : -1;
}

int visit(PyObject* self, visitproc visitor, void* arg) {
    const int visited = visit_aref(self, visitor, arg);
    return visited != 0 ? visited : atom(self).state.traverse(visitor, arg);
}

int clear(PyObject* self) {
    clear_aref(self);
    atom(self).state.clear();
    return 0;
}

void end(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, end);
    if (aref(self).plain.weak_references != nullptr) PyObject_ClearWeakRefs(self);
    clear(self);
    type->tp_free(self);
    Py_DECREF(type);
    Py_TRASHCAN_END;
}

PyMethodDef methods[] = {
    without_arguments("deref", &deref,
                      "deref($self, /)\n--\n\n"
                      "Return the state.\n\n"
                      "Progress   Wait-free with the GIL, lock-free without it."),
    with_arguments("read", &read,
                   "read($self, /, fn)\n--\n\n"
                   "Return fn(state).\n\n"
                   "Errors     What fn raises."),
    with_arguments(
        "swap", &swap<false>,
        "swap($self, /, fn, *args, **kwargs)\n--\n\n"
        "Replace the state by fn(state, *args, **kwargs), and return the new one.\n\n"
        "fn runs with nothing locked, and again if the state was replaced meanwhile (the same\n"
        "object counts, not an equal one): it should have no side effects and return a new "
        "object.\n"
        "It may use the same atom, and finds there what is committed.\n\n"
        "Progress   Lock-free.\n"
        "Errors     What fn raises; ValidationError: nothing has changed, no watch runs. What\n"
        "           watches raise (add_watch): the change *is* committed.\n"
        "Source     Clojure's swap!."),
    with_arguments("swap_vals", &swap<true>,
                   "swap_vals($self, /, fn, *args, **kwargs)\n--\n\n"
                   "As swap(), but return the states before and after."),
    with_arguments(
        "try_swap", &try_swap,
        "try_swap($self, /, fn, *args, **kwargs)\n--\n\n"
        "As swap(), but fn may return UNCHANGED to leave the state: no watch runs then.\n"
        "Return Attempt(won, now)."),
    with_arguments("reset", &reset<false>,
                   "reset($self, /, newval)\n--\n\n"
                   "Replace the state, whatever it is, and return the new one.\n\n"
                   "One replacement: watches hear what was really replaced.\n\n"
                   "Errors     As swap()."),
    with_arguments("reset_vals", &reset<true>,
                   "reset_vals($self, /, newval)\n--\n\n"
                   "As reset(), but return the states before and after."),
    with_arguments(
        "compare_and_set", &compare_and_set,
        "compare_and_set($self, /, oldval, newval)\n--\n\n"
        "Replace the state if it is `oldval` or equals it; return whether that was so.\n\n"
        "`current == oldval` is asked with nothing locked. If the state is replaced meanwhile, "
        "the\n"
        "new one is compared: an equal state is never missed. The validator runs in any case.\n\n"
        "Errors     What == raises, and as swap()."),
    with_arguments(
        "compare_and_exchange", &compare_and_exchange,
        "compare_and_exchange($self, /, oldval, newval)\n--\n\n"
        "As compare_and_set(), but return Attempt(won, now): the state that stands now."),
    with_arguments("set_if_less", &set_if<Py_LT>,
                   "set_if_less($self, /, newval)\n--\n\n"
                   "Replace the state if `newval` is less than it; return whether that was so.\n\n"
                   "The validator runs in any case.\n\n"
                   "Errors     What < raises, and as swap()."),
    with_arguments("set_if_greater", &set_if<Py_GT>,
                   "set_if_greater($self, /, newval)\n--\n\n"
                   "As set_if_less(), if it is greater."),
    with_arguments(
        "set_validator", &set_validator,
        "set_validator($self, /, fn)\n--\n\n"
        "Have fn(candidate) asked before each change; None: no more.\n\n"
        "It runs on the current state now, and on every candidate before it is\n"
        "published. A change that the old validator has checked cannot land under the\n"
        "new one.\n\n"
        "Errors     ValidationError: it refuses the current state (its own exception is\n"
        "           the cause); the old validator stays. TypeError: not callable."),
    without_arguments("get_validator", &get_validator,
                      "get_validator($self, /)\n--\n\n"
                      "Return the validator, or None."),
    with_arguments("wait", &Waits<See>::wait,
                   "wait($self, /, old)\n--\n\n"
                   "Wait until the state is another object than `old`, and return it.\n\n"
                   "A state that changes and changes back may be missed.\n\n"
                   "Progress   Blocks, with the GIL released. Signals are handled meanwhile.\n"
                   "Errors     What a signal's handler raises, such as KeyboardInterrupt."),
    with_arguments("wait_for", &Waits<See>::wait_for,
                   "wait_for($self, /, old, seconds)\n--\n\n"
                   "As wait(), but return None if the state was still `old` after that time.\n\n"
                   "Errors     TypeError, ValueError: no number of seconds."),
    with_arguments("wait_until", &Waits<See>::wait_until,
                   "wait_until($self, /, old, deadline)\n--\n\n"
                   "As wait_for(), up to a time of time.monotonic()."),
    without_arguments("changed", &next_change,
                      "changed($self, /)\n--\n\n"
                      "Return an awaitable of the new state at the next change (asyncio).\n\n"
                      "Changes count from this call on, by whatever thread they are made."),
    {},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>(
                    "Atom(state)\n--\n\n"
                    "Shared state, looked at by anybody at any time, replaced whole, watched.\n\n"
                    "    state = Atom({})\n"
                    "    state.add_watch(\"log\", lambda key, ref, old, new: print(old, new))\n"
                    "    state.swap(lambda users: {**users, \"ada\": 1})\n\n"
                    "The state should be treated as immutable: functions return a new one.\n\n"
                    "Order      Every method is linearizable.\n"
                    "Progress   Lock-free, but for wait*() and changed().\n"
                    "Source     Clojure's atom; atomos 0.3.1.")},
    {Py_tp_new, reinterpret_cast<void*>(&make)},
    {Py_tp_init, reinterpret_cast<void*>(&initialise)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&end)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear)},
    {Py_tp_repr, reinterpret_cast<void*>(&represent)},
    {Py_tp_methods, methods},
    {},
};

PyType_Spec spec{"atomos.atom.Atom", sizeof(Atom), 0,
                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

bool add_atom(PyObject* module, PyTypeObject* base, PyTypeObject*& made) {
    made = add_type(module, spec, base);
    Py_XINCREF(made);
    return made != nullptr;
}

}  // namespace atomos::python
