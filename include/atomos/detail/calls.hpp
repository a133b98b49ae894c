/// \file
/// Calls of what may come to an end: whoever ends it can wait until no call is running any more.
///
/// A call announces itself in a slot of its thread, looks whether its callee is gone, and goes on:
///
///     call                                      who ends the callee
///     E1 announce       (release)               gone              (seq_cst)
///        light_barrier()                        heavy_barrier()
///     E3 look           (seq_cst)               E4 look into the slots
///     E5 clear the slot (release)
///
/// One of the two sees the other: either the call does not begin, or its slot is found. Where there is no
/// heavy barrier, the announcement is seq_cst (E2), and a fence stands for the barrier. A call writes
/// nothing that other threads write, but where all seven slots of its thread are taken: then it enters
/// itself in a list of its callee's, by a read-modify-write.
///
/// A thread may end a callee from inside of one of its calls: it does not wait for its own. And two that
/// are inside of calls and wait for each other's would wait for ever; so who waits says so, and a waiter
/// that is itself inside of a call leaves out those calls whose threads wait as well.
#pragma once

#include <algorithm>
#include <atomos/detail/lifecycle.hpp>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <new>
#include <thread>
#include <utility>

namespace atomos::detail {

// clang-format off
// label                                                              operation              pairs with   what breaks if weaker
inline constexpr Order E1 = order("E1", std::memory_order_release);  // announce a call        W5           what its thread read under the slot before is freed meanwhile
inline constexpr Order E2 = order("E2", std::memory_order_seq_cst);  // announce it, ordered   E4           a call runs on after the wait
inline constexpr Order E3 = order("E3", std::memory_order_seq_cst);  // see the end            end()        as E2
inline constexpr Order E4 = order("E4", std::memory_order_acquire);  // look into a slot       E5           what a call did is not seen after the wait
inline constexpr Order E5 = order("E5", std::memory_order_release);  // a call is over         E4           as E4
// clang-format on

/// Marks of a slot that announces a call: its thread is in it, and waits in it for others' calls.
inline constexpr std::uintptr_t call_mark = 1;
inline constexpr std::uintptr_t waiting_mark = 2;

/// A call of a thread whose slots were all taken. It stays with its callee, to be used again.
struct DeepCall {
    Atomic<const Record*> by{nullptr};
    Atomic<bool> waiting{false};
    Atomic<DeepCall*> next{nullptr};
    /// The thread's own: the one around it.
    DeepCall* outer = nullptr;
};

/// The innermost of a thread's calls that have no slot.
struct DeepCalls {
    DeepCall* innermost = nullptr;
};
ATOMOS_THREAD_LOCAL(DeepCalls, deep_calls)

/// What threads call until it is gone.
class alignas(16) Callee {
  public:
    Callee() = default;
    Callee(const Callee&) = delete;
    Callee& operator=(const Callee&) = delete;
    ~Callee() {
        for (DeepCall* d = first_.next.load(); d != nullptr;)
            delete std::exchange(d, d->next.load());
    }

    bool gone() const noexcept { return gone_.load(E3); }

    /// No call begins any more that was not announced before.
    void end() noexcept { gone_.store(true, std::memory_order_seq_cst); }

    /// Which calls to wait for: from inside of a call, all, or all but those whose threads wait as well.
    enum class Calls { all, not_waiting };

    /// Waits until no other thread is in a call, after end().
    ///
    /// Progress   Blocking, unless no call is running.
    void wait_for_calls(Calls which = Calls::not_waiting);

    /// After end() and settle_end(): whether another thread is in a call. `inside`: but for calls whose
    /// threads wait.
    bool called_elsewhere(const Record& mine, bool inside) const noexcept;

  private:
    friend class Call;

    /// The call's entry, or nullptr: no memory, and it is counted.
    DeepCall* enter(const Record& mine) noexcept;

    Atomic<bool> gone_{false};
    Atomic<std::uint32_t> uncounted_{0};
    DeepCall first_;
};

/// While it lives, the thread is in a call of the callee, unless that was gone before.
class Call {
  public:
    [[gnu::always_inline]] explicit Call(Callee& callee)
        : callee_(callee), place_(announce(callee)), begun_(!callee.gone()) {}
    [[gnu::always_inline]] ~Call() {
        if ((place_ & marks) == 0) [[likely]] {
            reinterpret_cast<Slot*>(place_)->store(0, E5);  // NOLINT(performance-no-int-to-ptr)
        } else {
            leave(callee_, place_);
        }
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// Whether the callee was not gone.
    explicit operator bool() const noexcept { return begun_; }

  private:
    // Where it is announced: a slot, or with a mark its DeepCall, or (nullptr) the callee's count.
    static constexpr std::uintptr_t deep = 1;
    static constexpr std::uintptr_t marks = 1;

    /// The uppermost slot, if it is free: snapshots fill them from the other end.
    [[gnu::always_inline]] static std::uintptr_t announce(Callee& callee) {
        const ThreadLink& here = this_thread();
        Slot& slot = here.fast->kept[Record::kept_slots - 1];
        if (here.fast != here.record || slot.load(R0) != 0) [[unlikely]]
            return announce_slowly(callee);
        slot.store(reinterpret_cast<std::uintptr_t>(&callee) | call_mark, E1);
        light_barrier();
        return reinterpret_cast<std::uintptr_t>(&slot);
    }

    [[gnu::noinline]] static std::uintptr_t announce_slowly(Callee& callee) {
        Record& mine = record();
        if (Slot* const slot = mine.free_slot()) {
            slot->store(reinterpret_cast<std::uintptr_t>(&callee) | call_mark, E2);
            return reinterpret_cast<std::uintptr_t>(slot);
        }
        DeepCall* const call = callee.enter(mine);
        if (call != nullptr) call->outer = std::exchange(deep_calls().innermost, call);
        return reinterpret_cast<std::uintptr_t>(call) | deep;
    }

    [[gnu::noinline]] static void leave(Callee& callee, std::uintptr_t place) noexcept {
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        auto* const call = reinterpret_cast<DeepCall*>(place & ~marks);
        if (call == nullptr) {
            callee.uncounted_.fetch_sub(1);
            return;
        }
        deep_calls().innermost = call->outer;
        call->by.store(nullptr);
    }

    Callee& callee_;
    std::uintptr_t place_;
    bool begun_;
};

/// Whether the thread is in any call.
inline bool in_a_call(const Record& mine) noexcept {
    const auto announces = [](const Slot& slot) {
        return (slot.load(std::memory_order_relaxed) & call_mark) != 0;
    };
    return deep_calls().innermost != nullptr ||
           std::any_of(std::begin(mine.kept), std::end(mine.kept), announces);
}

/// While it lives, the calls that the thread is in say that it waits.
class WaitsInCalls {
  public:
    explicit WaitsInCalls(Record& mine) noexcept : mine_(mine) { mark(true); }
    ~WaitsInCalls() { mark(false); }
    WaitsInCalls(const WaitsInCalls&) = delete;
    WaitsInCalls& operator=(const WaitsInCalls&) = delete;

  private:
    void mark(bool waiting) noexcept {
        for (Slot& slot : mine_.kept) {
            const std::uintptr_t word = slot.load(std::memory_order_relaxed);
            if ((word & call_mark) == 0) continue;
            slot.store(waiting ? word | waiting_mark : word & ~waiting_mark);
        }
        for (DeepCall* d = deep_calls().innermost; d != nullptr; d = d->outer) {
            d->waiting.store(waiting);
        }
    }

    Record& mine_;
};

/// What an end needs after it, so that calls which have not seen it are found.
inline void settle_end(const Domain& d) {
    // Taken away since the process began: no processor holds a store back for so long.
    if (!d.ordered && !heavy_barrier()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    fence(W6);
}

inline bool Callee::called_elsewhere(const Record& mine, bool inside) const noexcept {
    const std::uintptr_t here = reinterpret_cast<std::uintptr_t>(this) | call_mark;
    bool called = uncounted_.load() != 0;
    mine.domain->each([&](const Record& r) {
        if (&r == &mine) return;
        for (const Slot& slot : r.kept) {
            const std::uintptr_t word = slot.load(E4);
            called |= word == here || (word == (here | waiting_mark) && !inside);
        }
    });
    for (const DeepCall* d = &first_; d != nullptr; d = d->next.load()) {
        const Record* const by = d->by.load();
        called |=
            by != nullptr && by != &mine && by->attached.load() && !(inside && d->waiting.load());
    }
    return called;
}

inline void Callee::wait_for_calls(Calls which) {
    using namespace std::chrono_literals;
    Record& mine = record();
    settle_end(*mine.domain);
    const bool inside = which == Calls::not_waiting && in_a_call(mine);
    if (!called_elsewhere(mine, inside)) return;
    const WaitsInCalls waits(mine);
    std::chrono::microseconds nap{20};
    for (int spins = 0; called_elsewhere(mine, inside); ++spins) {
        if (spins < Tuning::spins) {
            pause();
            continue;
        }
        std::this_thread::sleep_for(nap);
        nap = std::min<std::chrono::microseconds>(2 * nap, 1ms);
    }
}

inline DeepCall* Callee::enter(const Record& mine) noexcept {
    DeepCall* last = &first_;
    for (DeepCall* d = last; d != nullptr; last = d, d = d->next.load()) {
        const Record* nobody = nullptr;
        if (d->by.compare_exchange_strong(nobody, &mine, std::memory_order_seq_cst)) {
            d->waiting.store(false);
            return d;
        }
    }
    auto* const fresh = new (std::nothrow) DeepCall;
    if (fresh == nullptr) {
        uncounted_.fetch_add(1);
        return nullptr;
    }
    fresh->by.store(&mine);
    for (;;) {
        DeepCall* end = nullptr;
        if (last->next.compare_exchange_strong(end, fresh, std::memory_order_seq_cst)) return fresh;
        last = end;
    }
}

}  // namespace atomos::detail
