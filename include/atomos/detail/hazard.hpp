/// \file
/// Reclamation: which replaced nodes does nobody hold any more?
///
/// Source   Hazard pointers (M. Michael, IEEE TPDS 15(6), 2004), with the asymmetric barrier of folly and
///          liburcu. New here: a slot that is cleared carries a *receipt*, which mostly makes the barrier
///          needless (detail/orders.hpp has the argument); slots double as the handles of snapshots; a
///          node that only counted snapshots hold is handed to them.
/// Progress retire() is lock-free and O(1) amortised. A stalled reader pins what its slots name, no more.
/// Bound    `waiting_bound` values wait per writing thread, and those that are pinned.
/// Why it is prompt   A writer looks at once, unless it did so a moment ago: then it is busy and collects
///          a batch. The receipts for one batch come in while the next one fills.
#pragma once

#include <algorithm>
#include <array>
#include <atomos/detail/count.hpp>
#include <atomos/detail/domain.hpp>
#include <atomos/detail/later.hpp>
#include <atomos/detail/receipts.hpp>
#include <atomos/detail/stock.hpp>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace atomos::detail {

/// How many retired values of a thread wait at the most, beside those that somebody holds: one batch
/// that is questioned and one that fills.
inline constexpr std::size_t waiting_bound = 2 * Tuning::batch;

/// Access to the lists of retired nodes: the owner's without a locked instruction, a collector's with a
/// heavy barrier. Refused to a signal handler that interrupts the owner, and while a collector is at it.
class Lists {
  public:
    explicit Lists(Record& r) noexcept
        : record_(r), open_(!r.busy.load(std::memory_order_relaxed)) {
        if (!open_) return;
        r.busy.store(true, std::memory_order_relaxed);
        if (this_thread().fast == &r) {
            light_barrier();
        } else {
            fence(std::memory_order_seq_cst);
        }
        if (r.stolen.load(L2)) [[unlikely]] {
            r.busy.store(false, L1);
            open_ = false;
        }
    }
    ~Lists() {
        if (open_) record_.busy.store(false, L1);
    }
    Lists(const Lists&) = delete;
    Lists& operator=(const Lists&) = delete;

    explicit operator bool() const noexcept { return open_; }

  private:
    Record& record_;
    bool open_;
};

/// Leaves a node to whoever looks next.
inline void leave(Domain& d, Node* node) noexcept {
    node->next = d.orphans.load(std::memory_order_relaxed);
    while (!d.orphans.compare_exchange_strong(node->next, node, L3)) {
    }
}

inline void leave(Domain& d, NodeList nodes) noexcept {
    while (!nodes.empty()) leave(d, nodes.pop());
}

/// Takes over what was left.
inline void adopt(Domain& d, NodeList& nodes) noexcept {
    if (d.orphans.load(std::memory_order_relaxed) == nullptr) return;
    Node* node = d.orphans.exchange(nullptr, L3);
    while (node != nullptr) nodes.push(std::exchange(node, node->next));
}

/// The nodes that slots name, a stackful at a time; nothing is allocated.
class Named {
  public:
    explicit Named(const Record* first) noexcept : record_(first) {}

    /// Looks into the next slots. False: there are no more.
    bool next() noexcept {
        count_ = 0;
        for (; record_ != nullptr && count_ + 1 + Record::kept_slots <= words_.size();
             record_ = record_->next) {
            look(record_->peek);
            for (const Slot& slot : record_->kept) look(slot);
        }
        std::sort(words_.begin(), words_.begin() + count_);
        return count_ != 0 || record_ != nullptr;
    }

    bool contains(const Node* node) const noexcept {
        return std::binary_search(words_.begin(), words_.begin() + count_, word_of(node));
    }

  private:
    void look(const Slot& slot) noexcept {
        const std::uintptr_t word = slot.load(W5);
        if (word != 0 && (word & mark_bits) == 0) words_[count_++] = word;
    }

    const Record* record_;
    std::size_t count_ = 0;
    std::array<std::uintptr_t, 256> words_;
};

/// Moves those that some slot names from `nodes` to `named`. No new slot may come to name one: the
/// replacement has been seen by all.
inline void sift(Domain& d, NodeList& nodes, NodeList& named) noexcept {
    Named slots(d.records.load(A2));
    while (slots.next()) {
        NodeList rest;
        while (!nodes.empty()) {
            Node* const node = nodes.pop();
            (slots.contains(node) ? named : rest).push(node);
        }
        nodes = rest;
    }
}

/// Destroys those that nobody holds. Those that counted snapshots hold are handed to them: whoever drops
/// the last one destroys the value.
inline void finish(NodeList unnamed) noexcept {
    count(Event::passed_on, unnamed.size());
    const Later destructors;
    while (!unnamed.empty()) {
        Node* const node = unnamed.pop();
        if (node->let_go_retired()) destructors.destroy(node);
    }
}

/// Puts nodes that are still held back among the retired ones.
inline void keep(Record& r, NodeList nodes) noexcept {
    if (nodes.empty()) return;
    if (const Lists lists{r}) {
        r.pinned += static_cast<std::uint32_t>(nodes.size());
        r.fresh.append(nodes);
        r.lists_used = true;
    } else {
        leave(*r.domain, nodes);
    }
}

/// Frees what can be freed of `nodes`, which every thread has seen replaced, and keeps the rest for later.
/// Returns how many are kept.
inline std::size_t sweep(Record& r, NodeList nodes) noexcept {
    Domain& d = *r.domain;
    fence(W6);
    NodeList named;
    sift(d, nodes, named);
    const std::size_t kept = named.size();
    keep(r, named);
    finish(nodes);
    return kept;
}

/// Frees what can be freed of `nodes`, at the price of a barrier if some thread has not answered.
inline std::size_t sweep_at_any_price(Record& r, NodeList nodes, std::uintptr_t question) noexcept {
    Domain& d = *r.domain;
    if (d.ordered || d.alone() || all_answered(d, r, question) || barrier_for_all(d, r, question)) {
        return sweep(r, nodes);
    }
    const std::size_t kept = nodes.size();
    keep(r, nodes);
    return kept;
}

/// Everything that this thread has retired, and what others left.
inline NodeList take_all(Record& r) noexcept {
    NodeList all;
    if (const Lists lists{r}) {
        all = r.take_fresh();
        all.append(r.questioned.take());
        r.lists_used = false;
    }
    adopt(*r.domain, all);
    return all;
}

/// A look at once. Returns how many values are kept.
[[gnu::noinline]] inline std::size_t sweep_now(Record& r) noexcept {
    const NodeList all = take_all(r);
    if (all.empty()) return 0;
    Domain& d = *r.domain;
    const bool alone = d.ordered || d.alone();
    if (!alone) r.swept_at = ticks();
    return sweep_at_any_price(r, all, alone ? 0 : ask(d, r));
}

/// A busy writer's step: the receipts for one batch should have come in while the next one filled.
[[gnu::noinline]] inline void sweep_batch(Record& r) noexcept {
    Domain& d = *r.domain;
    if (d.ordered) {
        sweep_now(r);
        return;
    }
    r.swept_at = ticks();
    NodeList due;
    NodeList next;
    std::uintptr_t question = 0;
    if (const Lists lists{r}) {
        due = r.questioned.take();
        next = r.take_fresh();
        question = r.question;
    }
    if (!due.empty()) {
        if (!all_answered(d, r, question)) {
            due.append(next);
            adopt(d, due);
            sweep_at_any_price(r, due, ask(d, r));
            return;
        }
        adopt(d, next);
        sweep(r, due);
    }
    question = ask(d, r);
    if (const Lists lists{r}) {
        r.questioned = next;
        r.question = question;
        r.lists_used = true;
    } else {
        leave(d, next);
    }
}

/// Puts a node among the retired ones, and looks for free ones if it is time.
[[gnu::noinline]] inline void retire_slowly(Record& r, Node* node) noexcept {
    count(Event::retired);
    Domain& d = *r.domain;
    std::size_t more = 0;
    if (const Lists lists{r}) {
        r.fresh.push(node);
        r.lists_used = true;
        more = r.fresh.size() - std::min<std::size_t>(r.fresh.size(), r.pinned);
    } else {
        leave(d, node);
        return;
    }
    if (d.alone()) {
        if (d.always_alone() || more >= Tuning::batch_alone) sweep_now(r);
    } else if (more >= Tuning::batch) {
        sweep_batch(r);
    } else if ((more == 1 || more % Tuning::quiet_step == 0) &&
               ticks() - r.swept_at > Tuning::quiet_ticks) {
        sweep_now(r);
    }
}

/// Passes on a node that was replaced. `named` tells whether the thread's own slots name it still.
template <class T>
[[gnu::always_inline]] inline void retire(Record& r, ValueNode<T>* node, bool named) noexcept {
    if (named || r.lists_used || !r.domain->always_alone()) [[unlikely]] {
        retire_slowly(r, node);
    } else if (node->let_go_retired()) {
        if constexpr (std::is_trivially_destructible_v<T>) {
            Draft<T>::free_memory(&r, node);
        } else {
            destroy(node);
        }
    }
}

}  // namespace atomos::detail
