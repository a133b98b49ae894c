/// \file
/// C++20's memory, weak as it is: every location keeps all its stores, and a load chooses among those
/// that coherence, happens-before and the order S of seq_cst operations leave it.
///
/// Modelled exactly: coherence; release and acquire, with release sequences through read-modify-writes
/// only; fences of all orders; S as C++20 has it, which is weaker than "the order of execution". A store
/// may also enter the modification order before stores that ran earlier (2+2W).
/// Not modelled: load buffering (a load never reads a store that has not run yet), mixed sizes, consume.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>

#include "model/clock.hpp"
#include "model/sc_order.hpp"

namespace model {

using Word = std::uint64_t;
using Order = std::memory_order;

struct Store {
    Word value = 0;
    /// The place in the modification order.
    std::uint32_t stamp = 0;
    /// A read-modify-write: nothing comes between it and the store that it read.
    bool glued = false;
    /// What is known to whoever acquires it.
    View message;
    /// seq_cst nodes that precede everything that comes after this store; and of those, the ones that
    /// only loads of this store bring about.
    Clock before;
    Clock loads;
};

struct Location {
    std::size_t number = 0;
    /// In modification order.
    Row<Store*> stores;
    struct Ordered {
        ScOrder::Node node;
        std::uint32_t stamp;
    };
    /// The seq_cst accesses, with the store that each has read or made.
    Row<Ordered> ordered;
    std::array<int, max_threads> stale{};
};

/// What one thread knows.
struct Knowledge {
    View now;
    /// What relaxed stores pass on: all from before the last release fence.
    View released;
    /// What relaxed loads have found, to be known at the next acquire fence.
    View pending;

    void clear() {
        now.clear();
        released.clear();
        pending.clear();
    }
};

class Memory {
  public:
    /// Chooses one of n stores for a thread at a location; 0 is the newest, n - 1 the oldest.
    using Choose = std::size_t (*)(int thread, std::size_t location, std::size_t n);

    explicit Memory(Choose choose) : choose_(choose) {}

    void reset();
    void begin_thread(int thread);
    /// What one thread knows passes to another, as at a thread's start and end.
    void pass_on(int from, int to);

    /// A new atomic object at this address. Its value is in the bytes there.
    void forget(const void* address) { by_address_.erase(address); }

    Word load(int thread, const void* address, Word initial, Order order);
    void store(int thread, const void* address, Word initial, Word value, Order order);
    /// A read-modify-write: `change(value read)` is what it stores.
    template <class Change>
    Word modify(int thread, const void* address, Word initial, Order order, Change change) {
        Location& l = locate(address, initial);
        const std::size_t at = choose_modified(thread, l, order);
        const Word old = l.stores[at]->value;
        insert(thread, l, at, change(old), order, true);
        return old;
    }
    bool compare_exchange(int thread, const void* address, Word initial, Word& expected,
                          Word desired, Order success, Order failure);
    void fence(int thread, Order order);
    /// The kernel's barrier: a seq_cst fence in every running thread, between two of the caller's.
    void heavy_barrier(int caller, const Row<int>& others);

    /// The newest value in modification order, as the kernel's futex sees it.
    Word newest(const void* address, Word initial) {
        return locate(address, initial).stores.back()->value;
    }
    Clock& events(int thread) { return knows(thread).now.events; }
    /// How many stores the last load or read-modify-write passed over, and its location's number.
    std::size_t passed_over() const { return passed_over_; }
    std::size_t last_location() const { return last_location_; }

  private:
    struct Fence {
        ScOrder::Node node;
        View view;
    };

    Knowledge& knows(int thread) { return threads_[static_cast<std::size_t>(thread)]; }
    Location& locate(const void* address, Word initial);
    Store& new_store();
    Fence& new_fence();

    std::size_t floor(int thread, const Location& l);
    Clock direct(int thread, const Store& s, bool writes, bool ordered);
    bool allowed(int thread, const Location& l, std::size_t at, bool writes, Order order);
    bool room_after(const Location& l, std::size_t at) const;
    std::size_t choose_modified(int thread, Location& l, Order order);
    std::size_t decide(int thread, Location& l, const Row<std::size_t>& candidates);
    void order_access(int thread, Location& l, std::size_t at, std::uint32_t stamp, bool writes,
                      Order order, Clock& sources);
    void read(int thread, Location& l, std::size_t at, Order order);
    void learn(int thread, const Store& s, Order order);
    void insert(int thread, Location& l, std::size_t after, Word value, Order order, bool reads);
    ScOrder::Node fence_node(int thread);

    Choose choose_;
    ScOrder sc_;
    std::array<Knowledge, max_threads> threads_;
    std::unordered_map<const void*, Location*, std::hash<const void*>, std::equal_to<>,
                       Malloc<std::pair<const void* const, Location*>>>
        by_address_;
    // Kept between executions, for their memory.
    Row<Location*> locations_;
    Row<Store*> stores_;
    Row<Fence*> fences_;
    std::size_t used_locations_ = 0;
    std::size_t used_stores_ = 0;
    std::size_t used_fences_ = 0;
    Row<std::size_t> candidates_;
    std::size_t passed_over_ = 0;
    std::size_t last_location_ = 0;
};

}  // namespace model
