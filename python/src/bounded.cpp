/// \file
/// Changes that end after so many tries.

#include "bounded.hpp"

#include "call.hpp"
#include "transaction.hpp"

namespace atomos::python {
namespace {

/// What a function has returned is to be the value of the only member.
Proposed propose(Group& group, const Ref& next) {
    return next && group[0].propose(next.get()) ? Proposed::values : Proposed::failed;
}

}  // namespace

template <bool both>
PyObject* swap_within(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    const Py_ssize_t tries = tries_of(args[0]);
    if (tries < 0) return nullptr;
    const Call call(both ? "swap_vals" : "swap", args + 1, given - 1, keywords);
    Group group(self, true);
    if (!call || !group) return nullptr;
    const Proposed proposed =
        change_together(group, tries, [&] { return propose(group, call(group[0].seen())); });
    if (proposed != Proposed::values) return nullptr;
    const Change made{Ref::to(group[0].seen()), Ref::to(group[0].next())};
    // Told in any case: the change is committed.
    Ref result = both ? Ref::taken(PyTuple_Pack(2, made.old.get(), made.now.get()))
                      : Ref::to(made.now.get());
    return told(self, made) ? result.release() : nullptr;
}
template PyObject* swap_within<false>(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);
template PyObject* swap_within<true>(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);

template <bool wants_old>
PyObject* update_within(PyObject* self, PyObject* options, PyObject* fn, PyObject* x) {
    const Py_ssize_t tries = tries_of(options);
    if (tries < 0) return nullptr;
    Group group(self, false);
    if (!group) return nullptr;
    const Proposed proposed = change_together(group, tries, [&] {
        PyObject* const values[] = {group[0].seen(), x};
        const std::size_t count = x == nullptr ? 1 : 2;
        return propose(group, Ref::taken(PyObject_Vectorcall(fn, values, count, nullptr)));
    });
    if (proposed != Proposed::values) return nullptr;
    return Py_NewRef(wants_old ? group[0].seen() : group[0].next());
}
template PyObject* update_within<false>(PyObject*, PyObject*, PyObject*, PyObject*);
template PyObject* update_within<true>(PyObject*, PyObject*, PyObject*, PyObject*);

PyObject* try_swap_within(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
    Persistence persistence(args[0]);
    if (!persistence) return nullptr;
    const Call call("try_swap", args + 1, given - 1, keywords);
    if (!call) return nullptr;
    GuardedState& state = atom(self).state;
    PyObject* const unchanged = state_of(Py_TYPE(self)).unchanged;
    for (;;) {
        const auto seen = state.see();
        Change made{seen.state.object ? Ref::to(seen.state.object.get()) : Ref(), Ref()};
        if (!made.old) return nullptr;
        made.now = call(made.old.get());
        if (!made.now) return nullptr;
        if (made.now.get() == unchanged) {
            return attempt_of(self, false, made.old.get()).release();
        }
        Ref won = attempt_of(self, true, made.now.get());  // before the write: it may fail
        if (!won) return nullptr;
        if (allows(self, seen.validator.get(), made.now.get())) {
            if (replace(self, seen, made.now.get()))
                return told(self, made) ? won.release() : nullptr;
        } else if (!state.stands(seen)) {
            PyErr_Clear();  // it has lost its race anyway, and is not refused for what it was
        }
        if (PyErr_Occurred() != nullptr) return nullptr;
        if (persistence.goes_on()) continue;
        const Ref now = state.look().object;
        return now ? attempt_of(self, false, now.get()).release() : nullptr;
    }
}

PyObject* try_update_within(PyObject* self, PyObject* options, PyObject* fn) {
    Persistence persistence(options);
    if (!persistence) return nullptr;
    Reference& into = reference(self);
    PyObject* const unchanged = state_of(Py_TYPE(self)).unchanged;
    for (;;) {
        const Look seen = look(into.slot);
        if (!seen.object) return nullptr;
        const Ref next = Ref::taken(PyObject_CallOneArg(fn, seen.object.get()));
        if (!next) return nullptr;
        if (is_refusal(into, next.get(), unchanged)) {
            return attempt_of(self, false, seen.object.get()).release();
        }
        if (!accepts(into, next.get())) return nullptr;
        Ref won = attempt_of(self, true, next.get());  // before the write: it may fail
        if (!won) return nullptr;
        if (replace(into, seen, next.get())) return won.release();
        if (PyErr_Occurred() != nullptr) return nullptr;
        if (persistence.goes_on()) continue;
        const Ref now = look(into.slot).object;
        return now ? attempt_of(self, false, now.get()).release() : nullptr;
    }
}

TryUpdate::TryUpdate(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords)
    : self_(self) {
    static constexpr Signature<1> signature{"try_update", {"fn"}};
    const Py_ssize_t before = has_try_options(self, args, given) ? 1 : 0;
    const Arguments arguments(signature, args + before, given - before, keywords);
    if (!arguments) return;
    if (before != 0) persistence_ = Persistence(args[0]);
    if (persistence_) fn_ = arguments[0];
}

Ref TryUpdate::operator()(PyObject* value) {
    if (asked_ && !persistence_.goes_on()) {
        left_ = Ref::to(value);
        return {};
    }
    asked_ = true;
    Ref next = Ref::taken(PyObject_CallOneArg(fn_, value));
    if (!next || (next.get() != state_of(Py_TYPE(self_)).unchanged && next.get() != Py_None)) {
        return next;
    }
    left_ = Ref::to(value);
    return {};
}

PyObject* TryUpdate::answer(const Change& made) const {
    if (left_) return attempt_of(self_, false, left_.get()).release();
    return made.now ? attempt_of(self_, true, made.now.get()).release() : nullptr;
}

}  // namespace atomos::python
