/// \file
/// Calls of watches: whoever removes a watch can wait until no call of it is running any more.
///
///     a call                               who removes the watch
///     announce it in the thread's list     take the watch out
///     look whether the watch is there      look into all threads' lists
///
/// One of the two sees the other: either the call does not begin, or it is found. With the GIL nothing
/// comes between two steps; without it both steps of both are seq_cst. A call writes nothing that other
/// threads write, and nobody reads through what is announced: it is compared, as a number.
///
/// A thread does not wait for its own calls. Two that are inside of calls and wait for each other's would
/// wait for ever: so who waits says so, and a waiter that is itself inside of a call leaves out those calls
/// whose threads wait as well.
#pragma once

#include "interpreter.hpp"

namespace atomos::python {

/// What is called: a function under a key of an ARef.
struct Callee {
    PyObject* ref;
    PyObject* key;
    PyObject* fn;
};

/// A place for one call in a thread's list. Only its thread writes to it.
struct CallPlace {
    detail::Atomic<Word> ref{0};
    detail::Atomic<Word> key{0};
    detail::Atomic<Word> fn{0};
    detail::Atomic<CallPlace*> next{nullptr};
    bool taken = false;
};

/// The calls that a thread is in. It stays when the thread ends, and the next one gets it.
class ThreadCalls {
  public:
    /// This thread's. Not there: no memory.
    static ThreadCalls* mine() noexcept;

    /// A free place. Not there: no memory.
    CallPlace* take_place() noexcept;

    /// Whether the thread is in any call. For itself.
    bool any() const noexcept;
    /// Whether the thread is in a call of this. `inside`: not if it waits as well.
    bool has(const Callee& callee, bool inside) const noexcept;

    /// Whether the thread did not come along into a fork's child.
    bool is_lost() const noexcept { return lost_; }

  private:
    friend class WaitsForCalls;
    friend struct AllCalls;

    CallPlace first_;
    detail::Atomic<bool> waits_{false};
    detail::Atomic<bool> used_{true};
    bool lost_ = false;
    ThreadCalls* next_ = nullptr;
};

/// A thread's place for calls, one after another.
class Calling {
  public:
    Calling() noexcept;
    ~Calling() {
        if (place_ == nullptr) return;
        place_->fn.store(0, std::memory_order_release);
        place_->taken = false;
    }
    Calling(const Calling&) = delete;
    Calling& operator=(const Calling&) = delete;

    /// False, with MemoryError set: there is no place.
    explicit operator bool() const noexcept { return place_ != nullptr; }

    /// Announces a call; the one before is over. The callee has to be looked for after it.
    void begin(const Callee& callee) noexcept {
        place_->fn.store(0, std::memory_order_release);
        place_->ref.store(word(callee.ref), std::memory_order_relaxed);
        place_->key.store(word(callee.key), std::memory_order_relaxed);
        place_->fn.store(word(callee.fn),
                         has_gil ? std::memory_order_relaxed : std::memory_order_seq_cst);
    }
    /// Nothing is called any more.
    void end() noexcept { place_->fn.store(0, std::memory_order_release); }

  private:
    static Word word(PyObject* object) noexcept { return reinterpret_cast<Word>(object); }

    CallPlace* place_;
};

/// Waits until no other thread is in a call of this, which cannot be called anew. From inside of any
/// call it leaves out those calls whose threads wait in here as well.
///
/// Progress   Blocks, with the GIL released. Signals are handled meanwhile.
/// Errors     What a signal's handler raises; MemoryError. Then false.
bool wait_for_calls(const Callee& callee);

}  // namespace atomos::python
