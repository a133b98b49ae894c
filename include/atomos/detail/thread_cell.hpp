/// \file
/// A cell of the thread scope: one atomic word that points at an immutable node {version, value}.
///
/// A replacement publishes a new node by CAS. A reader names the node in a slot of its own, looks again, and
/// goes on; it never writes a line that others write. detail/orders.hpp has the argument,
/// detail/hazard.hpp the reclamation, detail/pending.hpp the changes of several cells at once.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/count.hpp>
#include <atomos/detail/lifecycle.hpp>
#include <atomos/detail/losses.hpp>
#include <atomos/detail/parking.hpp>
#include <atomos/detail/transaction.hpp>
#include <atomos/snapshot.hpp>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

namespace atomos::thread {

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
    ~Cell() { detail::abandon(detail::standing(word_, word_.load(std::memory_order_acquire))); }

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
        std::uintptr_t named = 0;
        const bool stands = detail::name_once(r.peek, word_, named);
        const std::uintptr_t asked = r.asked.load(detail::R3);
        if (!stands || (asked & 1U) == 0) [[unlikely]] {
            r.peek.store(receipt, detail::R4);
            return read_slowly(std::forward<F>(f));
        }
        const Look look{r.peek, asked};
        if constexpr (detail::mutant("clear early")) r.peek.store(asked, detail::R4);
        return std::invoke(std::forward<F>(f), std::as_const(value_of(named)->value));
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
        std::uintptr_t named = 0;
        const bool stands = detail::name_once(*slot, word_, named);
        const std::uintptr_t asked = r.asked.load(detail::R3);
        if (!stands || (asked & 1U) == 0) [[unlikely]] {
            slot->store(0, detail::S1);
            return Snapshot(get_slowly());
        }
        if (asked != receipt) r.peek.store(asked, detail::R4);
        return Snapshot(value_of(named), slot);
    }

    std::uint64_t version() const { return get().version(); }

    /// Whether `seen` is the version that stands. `seen` may come from another cell.
    ///
    /// Errors   std::bad_alloc, while a change is pending, in a thread that holds many snapshots.
    bool stands(const Snapshot& seen) const {
        const std::uintptr_t word = word_.load(detail::R2);
        if ((word & detail::pending_mark) != 0) [[unlikely]]
            return detail::stands_pending(word_, seen.node_);
        return detail::node_of(word) == seen.node_;
    }

    /// The validator that a candidate has to be checked by if it is to be published now.
    Generation generation() const noexcept {
        return word_.load(detail::R2) & detail::generation_bits;
    }

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

    /// Waits until nothing is pending that was when this was called, or sees to it.
    ///
    /// Errors   WouldDeadlock; std::bad_alloc, in a thread that holds many snapshots.
    void make_way() const { detail::make_way(word_); }

    /// Replaces the value by `compute(value)`, while nobody else can: compute runs once. `check(draft)`
    /// may refuse the result, by throwing.
    ///
    /// Progress   Blocking among writers; looks never wait. (compute runs again if the process forked
    ///            meanwhile, or if functions of two such changes write to each other's cells.)
    /// Errors     WouldDeadlock, and what compute and check throw: nothing has changed.
    template <class Compute, class Check>
    Change<Snapshot> update_alone(Compute&& compute, Check&& check) {
        for (;;) {
            detail::Transaction change(1, detail::Transaction::held);
            change.add(word_);
            if (!change.hold()) continue;
            Snapshot old = held_by(change);
            auto next = draft([&]() -> T { return std::invoke(compute, *old); });
            std::invoke(check, *std::as_const(next));
            offer(change, next);
            if (change.commit()) return {std::move(old), committed_by(change, next)};
        }
    }

    // A part in a transaction (transact.hpp).

    /// The cell takes part, if `seen` and the generation stand; or whatever stands.
    void join(detail::Transaction& t, const Snapshot& seen, Generation checked_by) {
        t.add(word_, seen.node_, checked_by);
    }
    void join(detail::Transaction& t) const { t.add(word_); }
    /// What stands while the transaction does.
    Snapshot held_by(detail::Transaction& t) const { return counted(t.old(word_)); }
    /// What is to stand.
    void offer(detail::Transaction& t, const Draft& next) { t.offer(word_, next.node()); }
    /// What stands since the commit.
    Snapshot committed_by(detail::Transaction& t, Draft& next) {
        next.publish();
        return counted(t.next(word_));
    }
    /// What tells this cell from others.
    const void* place() const noexcept { return &word_; }

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

    static Snapshot counted(detail::Node* node) noexcept {
        node->hold();
        return Snapshot(static_cast<Node*>(node), nullptr);
    }

    Node* name_standing(detail::Slot& slot) const noexcept {
        return static_cast<Node*>(detail::name_standing(slot, word_));
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
        const Node* const now = name_standing(r.peek);
        const Look look{r.peek, receipt};
        if constexpr (detail::mutant("clear early")) r.peek.store(receipt, detail::R4);
        return std::invoke(std::forward<F>(f), now->value);
    }

    /// A snapshot for such a thread, or one for which no slot is free.
    [[gnu::noinline]] typename Snapshot::Held get_slowly() const {
        detail::Record& r = detail::record();
        detail::look_in_sleep(r);
        if (detail::Slot* const slot = r.free_slot()) {
            std::uintptr_t named = 0;
            if (detail::name_in(*slot, word_, named)) return {value_of(named), slot};
            return {count_in(*slot, 0), nullptr};
        }
        const std::uintptr_t receipt = r.peek.load(std::memory_order_relaxed);
        if ((receipt & 1U) != 0) return {count_in(r.peek, receipt), nullptr};
        const detail::Borrowed other(*r.domain);
        return {count_in(other.slot(), 1), nullptr};
    }

    /// Counts a holder of the current node, which the slot names meanwhile.
    Node* count_in(detail::Slot& slot, std::uintptr_t afterwards) const noexcept {
        Node* const node = name_standing(slot);
        node->hold();
        slot.store(afterwards, detail::R4);
        return node;
    }

    [[gnu::always_inline]] Attempt<Snapshot> publish(detail::Record& r, const Snapshot& seen,
                                                     Draft& next, Generation checked_by) {
        detail::count(detail::Event::attempt);
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
                detail::forget_losses(r);
            return {true, Snapshot(node, slot)};
        }
        detail::lose(r, slot, node);
        if ((expected & detail::pending_mark) != 0) make_way();
        return {false, Snapshot(get_slowly())};
    }

    bool win(std::uintptr_t& expected, std::uintptr_t desired) noexcept {
        return word_.compare_exchange_strong(expected, desired, detail::W1, detail::R2);
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

    /// A look at several cells at once may hold their writers off.
    mutable detail::CellWord word_{0};
};

}  // namespace atomos::thread
