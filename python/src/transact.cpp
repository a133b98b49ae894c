/// \file
/// snapshot_all, transact and try_transact: several variables at one moment.

#include "transact.hpp"

#include <algorithm>

#include "options.hpp"
#include "transaction.hpp"

namespace atomos::python {
namespace {

/// How many races a transaction may lose if nothing is said.
constexpr Py_ssize_t usual_tries = 8;

State& state_in(PyObject* module) { return *static_cast<State*>(PyModule_GetState(module)); }

/// The values of a group, as a call's arguments; [0] is for vectorcall to use.
class Values {
  public:
    explicit Values(std::size_t count)
        : all_(count <= room ? few_ : PyMem_New(PyObject*, count + 1)) {
        if (all_ == nullptr) PyErr_NoMemory();
    }
    ~Values() {
        if (all_ != few_) PyMem_Free(all_);
    }
    Values(const Values&) = delete;
    Values& operator=(const Values&) = delete;

    explicit operator bool() const noexcept { return all_ != nullptr; }

    Ref call(PyObject* fn, Group& group) const {
        for (std::size_t i = 0; i < group.size(); ++i) all_[i + 1] = group[i].seen();
        return Ref::taken(PyObject_Vectorcall(
            fn, all_ + 1, group.size() | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
    }

  private:
    static constexpr std::size_t room = 8;

    PyObject* few_[room + 1];
    PyObject** all_;
};

/// What a transaction's function has returned, as a tuple of one value for each member.
///
/// Errors   TypeError, ValueError; then none.
Ref values_in(const char* function, PyObject* result, const Group& group) {
    if (!PyTuple_Check(result)) {
        PyErr_Format(PyExc_TypeError,
                     "%s(): the function has returned a %s; allowed: a tuple of the new values%s",
                     function, class_name(result),
                     result == state_of(Py_TYPE(group.first())).unchanged
                         ? " (UNCHANGED is for try_transact)"
                         : "");
        return {};
    }
    const Py_ssize_t count = PyTuple_GET_SIZE(result);
    if (static_cast<std::size_t>(count) != group.size()) {
        PyErr_Format(PyExc_ValueError,
                     "%s(): the function has returned %zd values; allowed: as many as there are "
                     "variables, %zu",
                     function, count, group.size());
        return {};
    }
    return PyTuple_CheckExact(result) ? Ref::to(result)
                                      : Ref::taken(PyTuple_GetSlice(result, 0, count));
}

template <bool may_refuse>
PyObject* transact(PyObject* module, PyObject* const* args, Py_ssize_t given) {
    static constexpr const char* name = may_refuse ? "try_transact" : "transact";
    const State& state = state_in(module);
    Py_ssize_t tries = usual_tries;
    if (begins_with_swap_options(state, args, given)) {
        tries = tries_of(*args++);
        --given;
        if (tries < 0) return nullptr;
    }
    if (given < 1) {
        PyErr_Format(PyExc_TypeError, "%s() missing required argument 'fn'", name);
        return nullptr;
    }
    PyObject* const fn = *args++;
    Group group(state, name, args, given - 1);
    if (!group) return nullptr;
    const Values values(group.size());
    if (!values) return nullptr;
    Ref result;
    const auto compute = [&] {
        const Ref returned = values.call(fn, group);
        if (!returned) return Proposed::failed;
        if (may_refuse && returned.get() == state.unchanged) return Proposed::nothing;
        result = values_in(name, returned.get(), group);
        if (!result) return Proposed::failed;
        for (std::size_t i = 0; i < group.size(); ++i) {
            PyObject* const next = PyTuple_GET_ITEM(result.get(), static_cast<Py_ssize_t>(i));
            if (!group[i].propose(next)) return Proposed::failed;
        }
        // Before the write: it may fail.
        if (may_refuse) result = attempt_of(group.first(), true, result.get());
        return result ? Proposed::values : Proposed::failed;
    };
    switch (change_together(group, tries, compute)) {
        case Proposed::values:
            return tell_all(group) ? result.release() : nullptr;
        case Proposed::nothing: {
            const Ref seen = group.seen();
            return seen ? attempt_of(group.first(), false, seen.get()).release() : nullptr;
        }
        case Proposed::failed:
            break;
    }
    return nullptr;
}

PyObject* snapshot_all(PyObject* module, PyObject* const* args, Py_ssize_t given) {
    Group group(state_in(module), "snapshot_all", args, given);
    return group && look_together(group) ? group.seen().release() : nullptr;
}

PyMethodDef row(const char* name, PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t),
                const char* text) {
    return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)),
            METH_FASTCALL, text};
}

PyMethodDef functions[] = {
    row("snapshot_all", &snapshot_all,
        "snapshot_all($module, /, *variables)\n--\n\n"
        "Return the values of all variables as of one moment, as a tuple.\n\n"
        "    a, b = snapshot_all(checking, savings)    # the sum is right at any time\n\n"
        "They are Atoms, AtomicReferences and numbers of threads, in any mixture.\n\n"
        "Progress   Wait-free with the GIL. Without it lock-free; after nine looks that met a\n"
        "           change it holds writers off for the time of one look.\n"
        "Errors     TypeError: none, or another object. ValueError: one is given twice."),
    row("transact", &transact<false>,
        "transact($module, fn, /, *variables)\n--\n\n"
        "Replace the values by the tuple fn(*values), all at one moment, and return that.\n\n"
        "    transact(lambda a, b: (a - 10, b + 10), checking, savings)\n\n"
        "transact(SwapOptions(tries=k), fn, *variables) says how many races it may lose, 8 if\n"
        "nothing is said: then fn runs once more while other writers of the variables wait. So it\n"
        "runs at most k + 1 times (again if two such functions write to each other's variables).\n"
        "In that last run it may read the variables, and not write to them. Who looks at them\n"
        "never waits.\n\n"
        "The values that fn gets are of one moment. Validators run on each new value before any\n"
        "is published, watches after all are. What always changes together belongs into one\n"
        "atom: that is simpler, and cheaper.\n\n"
        "Order      Linearizable, together with everything else that variables have.\n"
        "Progress   Obstruction-free; after k lost races it blocks the variables' writers.\n"
        "Errors     As snapshot_all(); what fn raises; TypeError, ValueError: fn returns no tuple\n"
        "           of as many values, or one that its variable does not accept;\n"
        "           ValidationError; WouldDeadlock: fn writes to one of the variables in its last\n"
        "           run. Nothing has changed. What watches raise (of all atoms, as add_watch "
        "says):\n"
        "           all changes *are* committed.\n"
        "Cost       A swap's for each variable, and twice: into the word and out.\n"
        "Source     T. Harris, K. Fraser, I. Pratt, A Practical Multi-Word Compare-and-Swap\n"
        "           Operation, DISC 2002; docs/decisions/0010."),
    row("try_transact", &transact<true>,
        "try_transact($module, fn, /, *variables)\n--\n\n"
        "As transact(), but fn may return UNCHANGED to leave all variables. Return\n"
        "Attempt(won, now): `now` is the tuple of the new values, or of those that fn refused."),
    {},
};

/// Gives the functions the name of the module where users find them.
bool name_home(PyObject* module) {
    const Ref home = Ref::taken(PyUnicode_FromString("atomos.atom"));
    return home && std::all_of(functions, std::end(functions) - 1, [&](const PyMethodDef& each) {
               const Ref function = Ref::taken(PyObject_GetAttrString(module, each.ml_name));
               return function &&
                      PyObject_SetAttrString(function.get(), "__module__", home.get()) == 0;
           });
}

}  // namespace

bool add_transact(PyObject* module) {
    return PyModule_AddFunctions(module, functions) == 0 && name_home(module);
}

}  // namespace atomos::python
