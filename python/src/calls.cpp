/// \file
/// The lists of the calls that threads are in.

#include "calls.hpp"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <new>

namespace atomos::python {
namespace {

thread_local ThreadCalls* of_this_thread = nullptr;

}  // namespace

/// All threads' lists. None is ever taken out.
struct AllCalls {
    static detail::Atomic<ThreadCalls*> first;

    /// The list of a thread that has ended, or a new one.
    static ThreadCalls* get() noexcept {
        static const bool prepared = pthread_atfork(nullptr, nullptr, &forked) == 0;
        if (!prepared) return nullptr;
        for (ThreadCalls* each = first.load(); each != nullptr; each = each->next_) {
            bool used = false;
            if (!each->lost_ && each->used_.compare_exchange_strong(used, true)) return each;
        }
        auto* const fresh = new (std::nothrow) ThreadCalls;
        if (fresh == nullptr) return nullptr;
        ThreadCalls* top = first.load();
        do {
            fresh->next_ = top;
        } while (!first.compare_exchange_strong(top, fresh));
        return fresh;
    }

    /// A thread that the interpreter's end has ended inside of a call has left its places taken.
    static void give_back(ThreadCalls& calls) noexcept {
        for (CallPlace* p = &calls.first_; p != nullptr; p = p->next.load()) {
            p->fn.store(0);
            p->taken = false;
        }
        calls.waits_.store(false);
        calls.used_.store(false);
    }

    static bool elsewhere(const ThreadCalls& mine, const Callee& callee, bool inside) noexcept {
        for (ThreadCalls* each = first.load(); each != nullptr; each = each->next_) {
            if (each != &mine && each->has(callee, inside)) return true;
        }
        return false;
    }

    /// Only the thread that forks goes on in the child. The lists of the others are not used again, so
    /// that what names them is known to be theirs.
    static void forked() {
        for (ThreadCalls* each = first.load(); each != nullptr; each = each->next_) {
            each->lost_ = each != of_this_thread;
        }
    }
};
constinit detail::Atomic<ThreadCalls*> AllCalls::first{nullptr};

namespace {

/// Hands a thread's list on when the thread ends.
struct AtThreadsEnd {
    ~AtThreadsEnd() {
        if (of_this_thread != nullptr) AllCalls::give_back(*of_this_thread);
        of_this_thread = nullptr;
    }
    void arm() noexcept {}
};
thread_local AtThreadsEnd at_threads_end;

}  // namespace

ThreadCalls* ThreadCalls::mine() noexcept {
    if (of_this_thread == nullptr) [[unlikely]] {
        at_threads_end.arm();
        of_this_thread = AllCalls::get();
    }
    return of_this_thread;
}

CallPlace* ThreadCalls::take_place() noexcept {
    CallPlace* place = &first_;
    while (place->taken) {
        CallPlace* next = place->next.load(std::memory_order_relaxed);
        if (next == nullptr) {
            next = new (std::nothrow) CallPlace;
            if (next == nullptr) return nullptr;
            place->next.store(next, std::memory_order_release);
        }
        place = next;
    }
    place->taken = true;
    return place;
}

bool ThreadCalls::any() const noexcept {
    for (const CallPlace* p = &first_; p != nullptr; p = p->next.load(std::memory_order_relaxed)) {
        if (p->fn.load(std::memory_order_relaxed) != 0) return true;
    }
    return false;
}

bool ThreadCalls::has(const Callee& callee, bool inside) const noexcept {
    if (lost_ || (inside && waits_.load())) return false;
    const auto is = [](const detail::Atomic<Word>& word, PyObject* object) {
        return word.load(std::memory_order_seq_cst) == reinterpret_cast<Word>(object);
    };
    for (const CallPlace* p = &first_; p != nullptr; p = p->next.load(std::memory_order_acquire)) {
        if (is(p->fn, callee.fn) && is(p->key, callee.key) && is(p->ref, callee.ref)) return true;
    }
    return false;
}

Calling::Calling() noexcept : place_(nullptr) {
    ThreadCalls* const mine = ThreadCalls::mine();
    if (mine != nullptr) place_ = mine->take_place();
    if (place_ == nullptr) PyErr_NoMemory();
}

/// While it lives, the thread says that it waits.
class WaitsForCalls {
  public:
    explicit WaitsForCalls(ThreadCalls& mine) noexcept : mine_(mine), outer_(mine.waits_.load()) {
        mine_.waits_.store(true);
    }
    ~WaitsForCalls() { mine_.waits_.store(outer_); }
    WaitsForCalls(const WaitsForCalls&) = delete;
    WaitsForCalls& operator=(const WaitsForCalls&) = delete;

  private:
    ThreadCalls& mine_;
    /// A signal's handler may wait inside of a wait.
    bool outer_;
};

bool wait_for_calls(const Callee& callee) {
    ThreadCalls* const mine = ThreadCalls::mine();
    if (mine == nullptr) {
        PyErr_NoMemory();
        return false;
    }
    const bool inside = mine->any();
    if (!AllCalls::elsewhere(*mine, callee, inside)) return true;
    const WaitsForCalls waits(*mine);
    // A call's end wakes nobody, so that it costs nothing: it is looked for, less and less often.
    timespec nap{0, 20'000};
    while (AllCalls::elsewhere(*mine, callee, inside)) {
        Py_BEGIN_ALLOW_THREADS;
        nanosleep(&nap, nullptr);
        Py_END_ALLOW_THREADS;
        if (PyErr_CheckSignals() != 0) return false;
        nap.tv_nsec = std::min(2 * nap.tv_nsec, 1'000'000L);
    }
    return true;
}

}  // namespace atomos::python
