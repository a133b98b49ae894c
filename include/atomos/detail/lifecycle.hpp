/// \file
/// The ends of things: of an atom, of a thread, of a process's other threads at a fork; and collect().
#pragma once

#include <atomos/detail/count.hpp>
#include <atomos/detail/hazard.hpp>
#include <cstddef>

namespace atomos::detail {

/// Passes on the last node of a cell that ends. Whoever used the cell has finished before (or the
/// program is undefined), so no barrier is needed: what is named now is all that is held.
///
/// Cost   A look at every thread's slots.
inline void abandon(Node* node) noexcept {
    Record* const mine = this_thread().record;
    Domain& d = mine != nullptr ? *mine->domain : domain();
    bool named = false;
    d.each([&](const Record& r) { named |= r.names(node); });
    if (!named) {
        if (node->let_go_retired()) destroy(node);
    } else if (mine != nullptr) {
        retire_slowly(*mine, node);
    } else {
        count(Event::retired);
        leave(d, node);
    }
}

/// How many retired values the owner has not passed on.
inline std::size_t waiting(Record& r) noexcept {
    const Lists lists{r};
    return lists ? r.fresh.size() : 0;
}

/// A thread ends: what it has retired is freed or left to others, and its record is free again.
inline void thread_ends(void* ended) noexcept {
    Record& r = *static_cast<Record*>(ended);
    while (sweep_now(r) < waiting(r)) {
    }
    const SignalsHeld held;
    leave(*r.domain, take_all(r));
    for (ThreadLink* link = std::exchange(r.links, nullptr); link != nullptr;) {
        link->fast = link->idle;
        link->record = nullptr;
        link->slab = nullptr;
        link = std::exchange(link->next, nullptr);
    }
    clear_stock(r);
    release(r);
}

/// In a fork's child only the thread that forked lives on. The looks of the others are over; their kept
/// snapshots may live on in objects. What one of them was changing at that instant is given up.
inline void forked_child() noexcept {
    Domain& d = domain();
    std::uint32_t alive = 0;
    d.each([&](Record& r) {
        r.stolen.store(false, std::memory_order_relaxed);
        if (!r.attached.load(std::memory_order_relaxed)) return;
        if (r.thread == thread_identity()) {
            ++alive;
            return;
        }
        if (r.busy.exchange(false)) r.fresh = r.questioned = NodeList{};
        if (r.stock != nullptr && r.stock->busy.load()) r.stock = nullptr;
        leave(d, r.take_fresh());
        leave(d, r.questioned.take());
        r.links = nullptr;
        r.peek.store(1, std::memory_order_relaxed);
        // Marks announce what a thread was doing (detail/guards.hpp, detail/calls.hpp): that is over.
        for (Slot& slot : r.kept) {
            if ((slot.load(std::memory_order_relaxed) & mark_bits) != 0)
                slot.store(0, std::memory_order_relaxed);
        }
        r.attached.store(false, std::memory_order_relaxed);
    });
    d.population.store(d.record_count() * Domain::one_record + alive);
    d.collecting.store(false);
    d.forks.fetch_add(1);
    for (Bucket& bucket : d.parking) bucket.waiters.store(0, std::memory_order_relaxed);
    if (d.ordered || heavy_barrier_register()) return;
    d.ordered = true;
    d.each([](Record& r) {
        for (ThreadLink* link = r.links; link != nullptr; link = link->next)
            link->fast = link->idle;
    });
}

/// Takes what other threads have retired. A thread that is at its lists right now is waited for, but
/// not for ever: it may be stopped.
inline void steal(Domain& d, const Record& mine, NodeList& all) noexcept {
    bool free = false;
    if (!d.collecting.compare_exchange_strong(free, true)) return;
    d.each([](Record& r) { r.stolen.store(true); });
    const bool ordered = d.ordered || heavy_barrier();
    fence(std::memory_order_seq_cst);
    d.each([&](Record& r) {
        // A thread that has attached meanwhile is not marked: its lists stay its own.
        if (!r.stolen.load(std::memory_order_relaxed)) return;
        for (int spins = 0; ordered && &r != &mine && spins < Tuning::steal_spins; ++spins) {
            if (!r.busy.load(L2)) {
                all.append(r.take_fresh());
                all.append(r.questioned.take());
                break;
            }
            pause();
        }
        r.stolen.store(false, L1);
    });
    d.collecting.store(false, L1);
}

/// collect(), see thread.hpp.
inline std::size_t collect() {
    Record& mine = record();
    std::size_t kept = 0;
    for (;;) {
        NodeList all = take_all(mine);
        steal(*mine.domain, mine, all);
        const std::size_t met = all.size();
        if (met == 0) return 0;
        kept = sweep_at_any_price(mine, all, ask(*mine.domain, mine));
        if (kept == met) return kept;
    }
}

}  // namespace atomos::detail
