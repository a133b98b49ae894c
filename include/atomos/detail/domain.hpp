/// \file
/// Who is there: one record a thread with its hazard slots, and the domain that all records belong to.
///
/// There is one domain a process (detail/rendezvous.hpp). It has no destructor and is never unmapped, and
/// neither are records: a snapshot may outlive its thread, and an atom may die after everything else.
#pragma once

#include <algorithm>
#include <atomos/detail/node.hpp>
#include <atomos/errors.hpp>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>

namespace atomos::detail {

struct Domain;
struct Slabs;
struct Stock;
struct ThreadLink;

/// A place where a thread names a node so that nobody frees it: the node's address, or 0.
using Slot = Atomic<std::uintptr_t>;

/// The low bits of a cell's word and of a slot are marks, not address.
inline constexpr std::uintptr_t mark_bits = alignof(Node) - 1;

inline Node* node_of(std::uintptr_t word) noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a cell's word is an address with marks
    return reinterpret_cast<Node*>(word & ~mark_bits);
}

inline std::uintptr_t word_of(const Node* node) noexcept {
    return reinterpret_cast<std::uintptr_t>(node);
}

/// One thread's slots, and what it has retired.
///
/// Bound   192 bytes a thread; records of ended threads are used again.
struct alignas(64) Record {
    static constexpr int kept_slots = 7;

    // Written by the owner, looked through by writers.
    /// Even: the node that is being read. Odd: free, and the receipt for the newest question answered.
    Slot peek{1};
    /// The nodes of kept snapshots. Only the owner fills one; anybody may empty it.
    Slot kept[kept_slots]{};

    // Written by others, seldom.
    /// Odd: the newest question. Even: a writer has put this thread to sleep; its looks are ordered.
    Atomic<std::uintptr_t> asked{1};
    /// The mark in `asked` that a heavy barrier has followed: every look since then has seen it.
    Atomic<std::uintptr_t> asleep{0};
    Atomic<bool> attached{false};
    Atomic<bool> stolen{false};
    /// How many changes of this thread are held (detail/transaction.hpp) while their functions run.
    std::uint16_t holds = 0;
    /// The place of the slab that goes with this record (detail/slab.hpp), or 0; the owner's.
    std::uint32_t slab = 0;
    Record* next = nullptr;
    Domain* domain = nullptr;
    std::uintptr_t thread = 0;
    // The owner's own, seldom changed.
    ThreadLink* links = nullptr;
    Stock* stock = nullptr;

    // The owner's own.
    alignas(64) Atomic<bool> busy{false};
    std::uint8_t losses = 0;
    std::uint8_t wins = 0;
    /// No slot from this one on is filled.
    std::uint8_t filled = 2;
    /// How many ordered looks a sleep lasts, and how many have been made.
    std::uint16_t sleep = Tuning::first_sleep;
    std::uint16_t ordered_looks = 0;
    /// Retired nodes, and how many of them were found held when last looked for.
    NodeList fresh{};
    std::uint32_t pinned = 0;
    /// Whether the owner has put anything into its lists since it last took all; a hint of its own, for a
    /// collector may take them at any time.
    bool lists_used = false;
    /// The batch before, and the question that was put for it.
    NodeList questioned{};
    std::uintptr_t question = 0;
    std::uint64_t swept_at = 0;

    /// A free slot for a snapshot, the lowest, or nullptr if all seven are taken.
    [[gnu::always_inline]] Slot* free_slot() noexcept {
        if (kept[0].load(R0) == 0) [[likely]]
            return &kept[0];
        if (kept[1].load(R0) == 0) [[likely]]
            return &kept[1];
        return free_slot_above();
    }

    NodeList take_fresh() noexcept {
        pinned = 0;
        return fresh.take();
    }

    /// Whether a slot names the node. (A slot with marks announces an attempt, whose node is held by a
    /// snapshot too.)
    bool names(const Node* node) const noexcept {
        const auto is = [word = word_of(node)](const Slot& slot) { return slot.load(W5) == word; };
        return is(peek) || std::any_of(std::begin(kept), std::end(kept), is);
    }

    /// How many slots name the node; for the owner, who knows which may be filled at all.
    [[gnu::always_inline]] int own_names(const Node* node) noexcept {
        const auto is = [word = word_of(node)](const Slot& slot) -> int {
            return slot.load(W5) == word;
        };
        int named = is(peek) + is(kept[0]) + is(kept[1]);
        if (filled > 2) [[unlikely]]
            named += own_names_above(node);
        return named;
    }

  private:
    [[gnu::noinline]] Slot* free_slot_above() noexcept {
        for (std::uint8_t i = 2; i < kept_slots; ++i) {
            if (kept[i].load(R0) == 0) {
                filled = std::max<std::uint8_t>(filled, i + 1);
                return &kept[i];
            }
        }
        return nullptr;
    }

    [[gnu::noinline]] int own_names_above(const Node* node) noexcept {
        int named = 0;
        std::uint8_t highest = 2;
        for (std::uint8_t i = 2; i < filled; ++i) {
            const std::uintptr_t word = kept[i].load(W5);
            named += word == word_of(node) ? 1 : 0;
            if (word != 0) highest = i + 1;
        }
        filled = highest;
        return named;
    }
};
static_assert(sizeof(Record) == 192);

/// The slots of a thread that is not attached: never free, so that the first look takes the slow path.
[[gnu::visibility("hidden")]] inline constinit Record unattached{.peek{0}};

/// What one shared library knows of the current thread.
struct ThreadLink {
    /// The record, for looks that leave the barrier to writers; else `unattached`.
    Record* fast = &unattached;
    /// The record, or nullptr.
    Record* record = nullptr;
    /// This library's own `unattached`.
    Record* idle = &unattached;
    /// The thread's slab, or nullptr.
    Atomic<std::uint64_t>* slab = nullptr;
    /// The same thread's link in another library.
    ThreadLink* next = nullptr;
    /// Values whose destructors have to run, when one is already running.
    Atomic<Node*> doomed{nullptr};
    bool destroying = false;
};

ATOMOS_THREAD_LOCAL(ThreadLink, this_thread)

/// Where threads wait for a change: a hash table of futexes, by address.
struct alignas(64) Bucket {
    Atomic<std::uint32_t> waiters{0};
    Atomic<std::uint32_t> turn{0};
};

struct Domain {
    static constexpr std::size_t buckets = 64;
    static constexpr std::uint64_t one_record = std::uint64_t{1} << 32U;

    ThreadExit at_exit{};
    /// No heavy barrier in this process: readers order their own stores.
    bool ordered = true;
    alignas(64) Atomic<Record*> records{nullptr};
    /// How many threads are attached, and (in the upper half) how many records there are.
    Atomic<std::uint64_t> population{0};
    alignas(64) Atomic<std::uintptr_t> question{1};
    alignas(64) Atomic<Node*> orphans{nullptr};
    Atomic<bool> collecting{false};
    Atomic<std::uint32_t> forks{0};
    Atomic<Slabs*> slabs{nullptr};
    /// What statistics() sums up, if any library counts: detail/count.hpp.
    Atomic<void*> counters{nullptr};
    Bucket parking[buckets]{};

    /// Whether only the caller is attached.
    bool alone() const noexcept { return static_cast<std::uint32_t>(population.load(A2)) == 1; }
    /// Whether nobody else has ever been.
    bool always_alone(Order how = A2) const noexcept {
        return population.load(how) == one_record + 1;
    }
    std::size_t record_count() const noexcept {
        return static_cast<std::size_t>(population.load(std::memory_order_relaxed) / one_record);
    }

    /// Calls f with every record.
    template <class F>
    void each(F f) {
        for (Record* r = records.load(A2); r != nullptr; r = r->next) f(*r);
    }
};

void thread_ends(void* record) noexcept;  // detail/lifecycle.hpp
void forked_child() noexcept;

[[gnu::visibility("hidden")]] inline Domain* make_domain() {
    auto* domain = new Domain;
    if (!domain->at_exit.create(thread_ends) || !at_fork_child(forked_child)) {
        delete domain;
        throw Unavailable(
            "atomos: the process has no thread key or fork handler left; one of each is needed");
    }
    domain->ordered = !(heavy_barrier_usable && heavy_barrier_register());
    return domain;
}

[[gnu::visibility("hidden")]] inline Domain& domain() {
    Domain* const shared = process_wide<Domain>(make_domain);
    if (shared == nullptr) {
        throw Unavailable(
            "atomos: the ELF note .note.atomos was stripped from this library; without it, "
            "threads in other libraries could free what is read here");
    }
    return *shared;
}

/// Takes the record of a thread that has ended, or makes one.
inline Record& claim(Domain& d) {
    Record* mine = nullptr;
    for (Record* r = d.records.load(A2); r != nullptr && mine == nullptr; r = r->next) {
        bool taken = false;
        if (!r->attached.load(std::memory_order_relaxed) &&
            r->attached.compare_exchange_strong(taken, true, A1)) {
            mine = r;
        }
    }
    if (mine == nullptr) {
        mine = new Record;
        mine->domain = &d;
        mine->attached.store(true, std::memory_order_relaxed);
        mine->next = d.records.load(std::memory_order_relaxed);
        while (!d.records.compare_exchange_strong(mine->next, mine, A1)) {
        }
        d.population.fetch_add(Domain::one_record, std::memory_order_relaxed);
    }
    mine->thread = thread_identity();
    mine->holds = 0;
    mine->asked.store(1, std::memory_order_relaxed);
    mine->peek.store(1, R4);  // not relaxed: it must not hide the former owner's reads
    d.population.fetch_add(1, A1);
    fence(A1);
    return *mine;
}

/// Gives a record back. Its kept slots stay as they are: snapshots may outlive their thread.
inline void release(Record& r) noexcept {
    r.thread = 0;
    r.attached.store(false, A3);
    r.domain->population.fetch_sub(1, A3);
}

/// A record for one look, where the thread's own slots are all taken.
class Borrowed {
  public:
    explicit Borrowed(Domain& d) : record_(claim(d)) {}
    ~Borrowed() {
        record_.peek.store(1, R4);
        release(record_);
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;

    Slot& slot() const noexcept { return record_.peek; }

  private:
    Record& record_;
};

/// Makes the current thread known. Signals are held off, since a handler may look at an atom too.
[[gnu::noinline, gnu::cold, gnu::visibility("hidden")]] inline Record& attach() {
    const SignalsHeld held;
    ThreadLink& here = this_thread();
    if (here.record != nullptr) return *here.record;
    Domain& d = domain();
    auto* r = static_cast<Record*>(d.at_exit.get());
    if (r == nullptr) {
        r = &claim(d);
        if (!d.at_exit.set(r)) {
            release(*r);
            throw std::bad_alloc();
        }
    }
    here.next = r->links;
    r->links = &here;
    here.record = r;
    if (!d.ordered && heavy_barrier_usable) here.fast = r;
    return *r;
}

/// The current thread's record.
///
/// Errors   std::bad_alloc, Unavailable: at a thread's first use only.
[[gnu::always_inline]] inline Record& record() {
    Record* const r = this_thread().record;
    return r != nullptr ? *r : attach();
}

}  // namespace atomos::detail
