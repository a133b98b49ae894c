/// \file
/// Changes that are pending: what those meet who look and who write.

#include "pending.hpp"

#include <algorithm>
#include <functional>
#include <new>

namespace atomos::python {
namespace {

/// A thread, by a number that no other one of its process or of a fork's child ever has.
struct Thread {
    std::uint64_t number = 0;
    std::uint32_t holds = 0;
};

Thread& this_thread() noexcept {
    static detail::Atomic<std::uint64_t> last{0};
    static thread_local Thread mine;
    if (mine.number == 0) mine.number = last.fetch_add(1, std::memory_order_relaxed) + 1;
    return mine;
}

/// How often the process has forked, counted in its children, and the thread that went on there.
struct Forks {
    detail::Atomic<std::uint32_t> count{0};
    std::uint64_t survivor = 0;

    static Forks& of_process() noexcept {
        static Forks forks;
        static const int registered = pthread_atfork(nullptr, nullptr, [] {
            of_process().survivor = this_thread().number;
            of_process().count.fetch_add(1, std::memory_order_relaxed);
        });
        (void)registered;
        return forks;
    }
};

/// Whether no thread but this one will run again.
bool is_ending() noexcept {
#if PY_VERSION_HEX >= 0x030D0000
    return Py_IsFinalizing() != 0;
#else
    return _Py_IsFinalizing() != 0;
#endif
}

void end(PyObject* self) {
    auto& ended = *reinterpret_cast<Pending*>(self);
    PyTypeObject* const type = Py_TYPE(self);
    std::for_each(ended.parts(), ended.parts() + ended.size(), [](const Part& part) {
        Slot::drop(part.old);
        Slot::drop(part.next.load(std::memory_order_relaxed));
    });
    type->tp_free(self);
    Py_DECREF(type);
}

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("A change that is pending.")},
    {Py_tp_dealloc, reinterpret_cast<void*>(&end)},
    {},
};

PyType_Spec spec{"atomos._atomos.Pending", sizeof(Pending), sizeof(Part),
                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

}  // namespace

PyTypeObject* make_pending_type(PyObject* module) {
    return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}

std::uint32_t forks_of_process() noexcept {
    return Forks::of_process().count.load(std::memory_order_relaxed);
}

std::uint32_t& holds_of_this_thread() noexcept { return this_thread().holds; }

Ref Pending::make(PyTypeObject* type, std::size_t size, bool held) {
    auto* const made = PyObject_NewVar(Pending, type, static_cast<Py_ssize_t>(size));
    if (made == nullptr) return {};
    ::new (&made->verdict) Verdict;
    made->held = held;
    made->forks = forks_of_process();
    made->owner = this_thread().number;
    ::new (&made->waiting) Waiting;
    for (std::size_t i = 0; i < size; ++i) ::new (made->parts() + i) Part;
    return Ref::taken(reinterpret_cast<PyObject*>(made));
}

Part& Pending::part(const Slot& slot) noexcept {
    return *std::lower_bound(
        parts(), parts() + size(), &slot,
        [](const Part& part, const Slot* wanted) { return std::less<>()(part.slot, wanted); });
}

void Pending::leave(Slot& slot) noexcept {
    auto* const self = reinterpret_cast<PyObject*>(this);
    const Word mine = Slot::pending_word(self);
    if (slot.load() != mine) return;
    const Word plain = standing(slot);
    Slot::own_again(plain);
    // Neither is the last reference.
    if (slot.replace(mine, plain)) {
        Py_DECREF(self);
    } else {
        Slot::drop(plain);
    }
}

bool Pending::is_left_behind() const noexcept {
    const Forks& now = Forks::of_process();
    const bool forked = forks != now.count.load(std::memory_order_relaxed);
    return (forked && owner != now.survivor) || is_ending();
}

bool Pending::await() {
    constexpr std::size_t patience = detail::Tuning::spins;
    const Thread& mine = this_thread();
    if (owner == mine.number && held && undecided()) {
        PyErr_SetString(
            state_of(Py_TYPE(this)).would_deadlock,
            "a function that holds off the other writers of a variable (SwapOptions, transact) "
            "writes to it, and would wait for itself; allowed: to read it, and to return its new "
            "value. Nothing has changed");
        return false;
    }
    for (std::size_t looks = 0; undecided(); ++looks) {
        if (held && mine.holds == 0 && !is_left_behind()) {
            if (!sleep()) return false;
        } else if (has_gil || owner == mine.number || looks > patience * size()) {
            decide(Decision::aborted);
        } else {
            detail::pause();
        }
    }
    return true;
}

bool Pending::sleep() {
    // What changes without a wake: a handler of a signal may fork here, and the interpreter may end.
    constexpr auto slice = std::chrono::milliseconds(50);
    Parking parking(waiting);
    if (!parking.ready()) return false;
    if (!undecided() || is_left_behind()) return true;
    return parking.sleep(std::chrono::steady_clock::now() + slice) != Slept::raised;
}

bool make_way(Slot& slot) {
    const Ref found = slot.pending();
    if (!found) return true;
    if (!pending(found).await()) return false;
    pending(found).leave(slot);
    return true;
}

Ref Slot::pending() const noexcept {
    for (;;) {
        const Word word = word_.load();
        if (!is_pending(word)) return {};
        bool certain = false;
        if (!try_reference(object_of(word), certain)) continue;
        Ref found = Ref::taken(object_of(word));
        if (certain || word_.load() == word) return found;
    }
}

bool Slot::look_through(Look& into) const noexcept {
    const Ref found = pending();
    if (!found) return false;
    into.word = python::pending(found).standing(*this);
    if (into.word != 0) into.object = object_in(into.word);
    return true;
}

Word Slot::put_at_last(Word next) noexcept {
    for (;;) {
        if (!make_way(*this)) return not_put;
        const Word old = word_.load();
        if (!is_pending(old) && word_.replace(old, next)) return old;
    }
}

}  // namespace atomos::python
