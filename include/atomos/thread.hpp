/// \file
/// The thread scope: cells that the threads of one process share.
///
/// One atomic word points at an immutable node {version, value}; a replacement publishes a new node by
/// CAS. A reader names the node in a slot of its own, looks again, and goes on; it never writes a line
/// that others write. detail/orders.hpp has the argument, detail/hazard.hpp the reclamation.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/lifecycle.hpp>
#include <atomos/detail/parking.hpp>
#include <atomos/snapshot.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

namespace atomos {

/// Destroys every replaced value that nobody holds any more, of all threads. Returns how many values
/// wait on, because snapshots or readers hold them.
///
/// Reclamation needs no help: this is for a moment when nothing may be left, as before a leak check.
///
/// Progress   Blocking, briefly: it waits for threads that are in the middle of retiring a value.
/// Errors     std::bad_alloc, Unavailable: at a thread's first use of atomos only.
inline std::size_t collect() { return detail::collect(); }

namespace thread {

/// Which validator a candidate was checked by: a mark in the cell's word. 0 is "none".
using Generation = std::uintptr_t;
inline constexpr Generation unguarded = 0;

/// One value, shared by threads.
template <class T>
class Cell {
  public:
    using value_type = T;
    using Snapshot = atomos::Snapshot<T>;
    using Draft = detail::Draft<T>;

    /// Holds what make() returns.
    template <class Make>
        requires std::is_invocable_r_v<T, Make>
    explicit Cell(Make&& make) {
        Draft first(std::forward<Make>(make));
        first.node()->version = 1;
        word_.store(detail::word_of(first.publish()), std::memory_order_release);
    }
    Cell(const Cell&) = delete;
    Cell& operator=(const Cell&) = delete;
    ~Cell() { detail::abandon(detail::node_of(word_.load(std::memory_order_acquire))); }

    /// Calls f with the current value, and returns what it returns.
    ///
    /// Progress   Lock-free; f runs once, while only the value that it reads is held.
    /// Cost       Six loads and two plain stores.
    template <class F>
    [[gnu::always_inline]] decltype(auto) read(F&& f) const {
        detail::Record& r = *detail::this_thread().fast;
        const std::uintptr_t receipt = r.peek.load(std::memory_order_relaxed);
        if ((receipt & 1U) == 0) [[unlikely]]
            return read_slowly(std::forward<F>(f));
        const std::uintptr_t word = name_in(r.peek);
        const std::uintptr_t asked = r.asked.load(detail::R3);
        if ((asked & 1U) == 0) [[unlikely]] {
            r.peek.store(receipt, detail::R4);
            return read_slowly(std::forward<F>(f));
        }
        const Look look{r.peek, asked};
        if constexpr (detail::mutant("clear early")) r.peek.store(asked, detail::R4);
        return std::invoke(std::forward<F>(f), std::as_const(value_of(word)->value));
    }

    /// The current value, to be kept.
    ///
    /// Progress   Lock-free.
    [[gnu::always_inline]] Snapshot get() const {
        detail::Record& r = *detail::this_thread().fast;
        const std::uintptr_t receipt = r.peek.load(std::memory_order_relaxed);
        if ((receipt & 1U) == 0) [[unlikely]]
            return Snapshot(get_slowly());
        detail::Slot* const slot = r.free_slot();
        if (slot == nullptr) [[unlikely]]
            return Snapshot(get_slowly());
        const std::uintptr_t word = name_in(*slot);
        const std::uintptr_t asked = r.asked.load(detail::R3);
        if ((asked & 1U) == 0) [[unlikely]] {
            slot->store(0, detail::S1);
            return Snapshot(get_slowly());
        }
        if (asked != receipt) r.peek.store(asked, detail::R4);
        return Snapshot(value_of(word), slot);
    }

    std::uint64_t version() const { return get().version(); }

    /// Whether `seen` is the version that stands. `seen` may come from another cell.
    bool stands(const Snapshot& seen) const noexcept {
        return detail::node_of(word_.load(detail::R2)) == seen.node_;
    }

    /// The validator that a candidate has to be checked by if it is to be published now.
    Generation generation() const noexcept { return word_.load(detail::R2) & detail::mark_bits; }

    /// A value to be published, built in place from what make() returns.
    template <class Make>
    static Draft draft(Make&& make) {
        return Draft(std::forward<Make>(make));
    }

    /// Publishes `next` if `seen` stands, and with it the generation that `next` was checked by.
    ///
    /// Progress   Wait-free, but for a short pause after a loss.
    /// Errors     std::bad_alloc, after a loss only, in a thread that holds many snapshots.
    template <class Keep>
    [[gnu::always_inline]] Attempt<Snapshot> replace(Snapshot& seen, Draft& next, Keep keep,
                                                     Generation checked_by = unguarded) {
        detail::Record& r = detail::record();
        if constexpr (detail::mutant("lost update")) seen = get();
        const bool elsewhere = named_elsewhere(r, seen);
        auto attempt = publish(r, seen, next, checked_by);
        if (attempt.won) {
            Node* const old = seen.node_;
            if (keep()) {
                seen.leave_slot();
            } else {
                seen = Snapshot();
            }
            settle(r, old, elsewhere);
        }
        return attempt;
    }

    /// As above, for a snapshot that is somebody else's. An empty one never stands.
    Attempt<Snapshot> replace(const Snapshot& seen, Draft& next,
                              Generation checked_by = unguarded) {
        if (!seen) return {false, get()};
        if constexpr (detail::mutant("lost update")) {
            Snapshot now = get();
            return replace(now, next, [] { return false; }, checked_by);
        }
        detail::Record& r = detail::record();
        auto attempt = publish(r, seen, next, checked_by);
        if (attempt.won) settle(r, seen.node_, true);
        return attempt;
    }

    /// The cell's word while `seen` and the generation stand.
    static std::uintptr_t word_for(const Snapshot& seen, Generation generation) noexcept {
        return detail::word_of(seen.node_) | generation;
    }

    /// Lets another validator stand, if `seen` and the generation do.
    bool regenerate(const Snapshot& seen, Generation from, Generation to) noexcept {
        std::uintptr_t expected = word_for(seen, from);
        return word_.compare_exchange_strong(expected, word_for(seen, to), detail::W1);
    }

    /// Waits until another version than `seen` stands; nullptr: for ever. False: the time is over.
    bool wait(const Snapshot& seen, const detail::Deadline* deadline) const {
        return detail::park(this, deadline, [&] { return !stands(seen); });
    }

  private:
    using Node = detail::ValueNode<T>;

    /// Ends a look, also when the function throws.
    struct Look {
        detail::Slot& peek;
        std::uintptr_t receipt;
        [[gnu::always_inline]] ~Look() { peek.store(receipt, detail::R4); }
    };

    static Node* value_of(std::uintptr_t word) noexcept {
        return static_cast<Node*>(detail::node_of(word));
    }

    /// Names the current node in the slot, and looks again until it is the one named.
    template <detail::Order how = detail::R1>
    [[gnu::always_inline]] std::uintptr_t name_in(detail::Slot& slot) const noexcept {
        std::uintptr_t word = word_.load(std::memory_order_relaxed);
        for (;;) {
            slot.store(word & ~detail::mark_bits, how);
            if constexpr (detail::mutant("look once")) return word;
            detail::light_barrier();
            const std::uintptr_t again = word_.load(detail::R2);
            if (again == word) [[likely]]
                return word;
            word = again;
        }
    }

    /// A look by a thread that is new, asleep, or in the middle of another look.
    template <class F>
    [[gnu::noinline]] decltype(auto) read_slowly(F&& f) const {
        detail::Record& r = detail::record();
        const std::uintptr_t receipt = r.peek.load(std::memory_order_relaxed);
        if ((receipt & 1U) == 0) {
            const Snapshot now(get_slowly());
            return std::invoke(std::forward<F>(f), *now);
        }
        detail::look_in_sleep(r);
        const std::uintptr_t word = name_in<detail::O1>(r.peek);
        const Look look{r.peek, receipt};
        if constexpr (detail::mutant("clear early")) r.peek.store(receipt, detail::R4);
        return std::invoke(std::forward<F>(f), std::as_const(value_of(word)->value));
    }

    /// A snapshot for such a thread, or one for which no slot is free.
    [[gnu::noinline]] typename Snapshot::Held get_slowly() const {
        detail::Record& r = detail::record();
        detail::look_in_sleep(r);
        if (detail::Slot* const slot = r.free_slot()) {
            return {value_of(name_in<detail::O1>(*slot)), slot};
        }
        const std::uintptr_t receipt = r.peek.load(std::memory_order_relaxed);
        if ((receipt & 1U) != 0) return {count_in(r.peek, receipt), nullptr};
        const detail::Borrowed other(*r.domain);
        return {count_in(other.slot(), 1), nullptr};
    }

    /// Counts a holder of the current node, which the slot names meanwhile.
    Node* count_in(detail::Slot& slot, std::uintptr_t afterwards) const noexcept {
        Node* const node = value_of(name_in<detail::O1>(slot));
        node->hold();
        slot.store(afterwards, detail::R4);
        return node;
    }

    [[gnu::always_inline]] Attempt<Snapshot> publish(detail::Record& r, const Snapshot& seen,
                                                     Draft& next, Generation checked_by) {
        Node* const node = next.node();
        node->version = seen.version() + 1;
        detail::Slot* const slot = r.free_slot();
        if (slot != nullptr) {
            slot->store(detail::word_of(node), detail::R1);
        } else {
            node->hold();
        }
        std::uintptr_t expected = word_for(seen, checked_by);
        if (win(expected, detail::word_of(node) | checked_by)) [[likely]] {
            next.publish();
            if (r.losses != 0) [[unlikely]]
                forget_losses(r);
            return {true, Snapshot(node, slot)};
        }
        lose(r, slot, node);
        return {false, Snapshot(get_slowly())};
    }

    bool win(std::uintptr_t& expected, std::uintptr_t desired) noexcept {
        return word_.compare_exchange_strong(expected, desired, detail::W1, detail::R2);
    }

    /// The pause stays long for a while: under contention it lets each writer win many times in a row,
    /// while the value is in its own cache.
    static void forget_losses(detail::Record& r) noexcept {
        if (++r.wins < detail::Tuning::wins_to_forget) return;
        r.wins = 0;
        --r.losses;
    }

    /// After a lost race: a short pause, twice as long each time.
    [[gnu::noinline]] static void lose(detail::Record& r, detail::Slot* slot, Node* node) noexcept {
        for (int i = 0; i < detail::Tuning::loss_pause << r.losses; ++i) detail::pause();
        if (r.losses < detail::Tuning::loss_doublings) ++r.losses;
        if (slot == nullptr) {
            node->let_go();
        } else {
            slot->store(0, detail::S1);
        }
    }

    /// Whether another slot of this thread than that of `seen` names its node. Asked before the CAS, where
    /// it costs nothing, and only where it matters: in a thread that is alone.
    [[gnu::always_inline]] static bool named_elsewhere(detail::Record& r,
                                                       const Snapshot& seen) noexcept {
        return r.domain->always_alone(std::memory_order_relaxed) &&
               r.own_names(seen.node_) != (seen.slot_ != nullptr ? 1 : 0);
    }

    /// The rest of a won replacement: who waits is woken, and the old node is retired.
    [[gnu::always_inline]] void settle(detail::Record& r, Node* old, bool named) noexcept {
        if (!r.domain->always_alone()) detail::unpark(*r.domain, this);
        detail::retire(r, old, named);
    }

    detail::Atomic<std::uintptr_t> word_{0};
};

/// One number, shared by threads: exactly a std::atomic.
template <class T>
class Number {
  public:
    explicit constexpr Number(T first) noexcept : word_(first) {}

    detail::Atomic<T>& word() noexcept { return word_; }
    const detail::Atomic<T>& word() const noexcept { return word_; }

    template <class Changed>
    bool wait(const detail::Deadline* deadline, Changed changed) const {
        return detail::park(this, deadline, changed);
    }
    void notify() const {
        detail::fence(std::memory_order_seq_cst);
        detail::unpark(*detail::record().domain, this);
    }

  private:
    detail::Atomic<T> word_;
};

/// The validators of one atom, in detail/guards.hpp.
template <class T>
class Guards;

}  // namespace thread

/// The scope of threads: what the front types ask a scope for.
struct Threads {
    template <class T>
    using Cell = thread::Cell<T>;
    template <class T>
    using Number = thread::Number<T>;
    template <class T>
    using Guards = thread::Guards<T>;
    /// Where watches and validators live.
    using Local = Threads;
};

}  // namespace atomos

#include <atomos/detail/guards.hpp>
