/// \file
/// Changes that are pending: of several variables together, or of one that is held while its function
/// runs.
///
/// A transaction T puts one object of its own, the *Pending*, into the word of each of its variables. It
/// says what stood there and what is to stand, and one decision in it counts for all of them at once.
///
///     T  puts it into word after word             R  looks at a word (and takes a reference):
///        decides: none -> committed                  it is pending
///        puts the new values into the words          looks at the decision: committed? the new
///        gives the Pending up                        value stands; else the old one does
///
/// * Memory. A Pending is counted as values are, and a word owns one reference to it. It owns the old
///   values and the new ones until it ends; so who has a reference to it may look at either.
/// * One moment. Only a decided one leaves a word. So if R finds "none", the Pending is in the word, and
///   the old value stands, at that moment. If R finds "committed", the new value stood when R looked at
///   the word or when T decided, whichever came later; if "aborted", the old one stood. Who has seen T's
///   new value of one variable comes after the decision, and cannot find an old one of another.
/// * Writers. Who wants to replace a value meets the Pending instead, and makes way: finishes what is
///   decided, and after some patience aborts what is not. A *held* one cannot be aborted: others sleep
///   until it is decided. A thread whose own function holds something never sleeps for another's: it
///   aborts that too, so that nobody waits in a circle; and what belongs to a thread that a fork or the
///   interpreter's end has left behind may always be aborted.
/// * Python code. None runs, and nothing ends, while a thread has an undecided one in words that is not
///   held. With the GIL, so, others meet held ones only.
///
/// Progress   A look never waits. A transaction is obstruction-free, and blocking when it is held.
/// Order      PY1 to PY7 in word.hpp.
/// Source     As include/atomos/detail/pending.hpp.
#pragma once

#include <atomos/detail/atomic.hpp>
#include <cstddef>

#include "slot.hpp"

namespace atomos::python {

/// What a transaction does to one variable.
struct Part {
    const Slot* slot = nullptr;
    /// The word that stands until it is committed. Its reference is the Pending's once it has the place.
    Word old = 0;
    /// The word that stands then. Atomic, for a compiler may read both before it knows which one it wants.
    detail::Atomic<Word> next{0};
};

/// The object that stands for a transaction, with its parts behind it, in the order of their addresses.
struct Pending {
    PyObject_VAR_HEAD Verdict verdict;
    bool held;
    std::uint32_t forks;
    std::uint64_t owner;
    /// Writers that sleep until it is decided.
    Waiting waiting;

    /// Errors: MemoryError.
    static Ref make(PyTypeObject* type, std::size_t size, bool held);

    std::size_t size() const noexcept { return static_cast<std::size_t>(Py_SIZE(this)); }
    Part* parts() noexcept { return reinterpret_cast<Part*>(this + 1); }
    Part& part(const Slot& slot) noexcept;

    /// The word that stands in a variable where this one was met.
    Word standing(const Slot& slot) noexcept {
        Part& p = part(slot);
        return verdict.look() == Decision::committed ? p.next.load(std::memory_order_relaxed)
                                                     : p.old;
    }
    bool undecided() const noexcept { return verdict.look() == Decision::none; }
    /// False: it was decided already.
    bool decide(Decision as) noexcept { return verdict.decide(as); }
    /// Takes a decided one out of a slot. The caller has a reference to it.
    void leave(Slot& slot) noexcept;

    /// Waits until it is decided, or aborts it. False, with WouldDeadlock or what a signal's handler has
    /// raised set: it is neither.
    bool await();

  private:
    bool is_left_behind() const noexcept;
    bool sleep();
};

inline Pending& pending(const Ref& object) noexcept {
    return *reinterpret_cast<Pending*>(object.get());
}

/// How many functions of this thread run while they hold variables.
std::uint32_t& holds_of_this_thread() noexcept;

/// Sees to it that nothing is pending in the slot which was there when this was called.
///
/// Progress   Blocking where it is held, with the GIL released.
/// Errors     WouldDeadlock, and what a signal's handler raises; then false.
[[gnu::cold, gnu::noinline]] bool make_way(Slot& slot);

/// Makes the class of Pending objects. nullptr: an error is set.
PyTypeObject* make_pending_type(PyObject* module);

}  // namespace atomos::python
