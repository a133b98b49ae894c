/// \file
/// Changes that are pending: of several cells together, or of one that is held while its function runs.
///
/// A transaction T puts one node of its own, the *pending* one, into the word of each of its cells. It
/// says what stood there and what is to stand, and one status in it decides for all cells at once.
///
///     T  puts it into word after word (T1)        R  names what is in the word, looks again (R1, R2):
///        decides: none -> committed (T2)             it is pending
///        puts the new nodes into the words (T4)      asks the status (T3): committed? the new
///        retires the old ones, and the pending       node stands; else the old one does
///
/// * Memory. The pending node is named and retired like any other, when no word points at it any more. It
///   counts as a holder of every old node and, before it is committed, of every new one: who names it holds
///   those too, and no second look is needed.
/// * One moment. Only a decided one leaves a word. So if R finds "none" at T3, the pending node is in the
///   word, and the old node stands, at that moment. If R finds "committed", the new node stood at R2 or at
///   T2, whichever came later; if "aborted", the old one stood at R2. Who has seen T's new value in one
///   cell comes after T2, and cannot find an old one in another.
/// * Writers. Who wants to replace a value meets the pending node instead (their CAS fails), and helps: it
///   finishes what is decided (T4), and after some patience it aborts what is not (T2). Then T tries again.
///   A *held* one cannot be aborted: others sleep until it is decided. A thread whose own function holds
///   something never sleeps for another's: it aborts that too, so that nobody waits in a circle; and what
///   belongs to a thread that a fork has left behind may always be aborted.
/// * Progress. A look never waits. A transaction is obstruction-free, and blocking when it is held.
///
/// A word that was pending and is restored has never changed: the old node stood all the time. Generations
/// of validators stay in the word, and cannot change while it is pending.
///
/// Source   T. Harris, K. Fraser, I. Pratt, A Practical Multi-CellWord Compare-and-Swap Operation, DISC 2002;
///          M. Herlihy et al., Software transactional memory for dynamic-sized data structures, PODC 2003,
///          for one status that decides. New here: no helping of undecided ones, and hazard slots that
///          hold a whole transaction by one name.
#pragma once

#include <algorithm>
#include <atomos/detail/hazard.hpp>
#include <atomos/detail/parking.hpp>
#include <atomos/errors.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <utility>

namespace atomos::detail {

// clang-format off
// label                                                              operation             pairs with  what breaks if weaker
inline constexpr Order T1 = order("T1", std::memory_order_seq_cst);  // make it pending       R2          R reads the table of cells before it was written
inline constexpr Order T2 = order("T2", std::memory_order_seq_cst);  // decide                T3          R reads the new value before it was written
inline constexpr Order T3 = order("T3", std::memory_order_seq_cst);  // look at the decision  T2          as T2; two changes pass each other
inline constexpr Order T4 = order("T4", std::memory_order_release);  // put a plain node back R2          as T2
// clang-format on

/// A cell's word: a node's address, with marks.
using CellWord = Atomic<std::uintptr_t>;

/// The mark of a word that names a pending node. The marks below it are a validator's generation. It is the
/// highest, so that a look tells with one comparison that its node stands and is not pending.
inline constexpr std::uintptr_t pending_mark = (mark_bits + 1) / 2;
inline constexpr std::uintptr_t generation_bits = pending_mark - 1;

/// Names the node that stands in the word, and looks again. False: it is another one by now, or pending.
[[gnu::always_inline]] inline bool name_once(Slot& slot, const CellWord& word,
                                             std::uintptr_t& node) noexcept {
    node = word.load(std::memory_order_relaxed) & ~mark_bits;
    slot.store(node, R1);
    if constexpr (mutant("look once")) return true;
    light_barrier();
    return word.load(R2) - node < pending_mark;
}

/// Names what is in the word, in the ordered way, and looks again until it is what is named. False: it is
/// pending.
inline bool name_in(Slot& slot, const CellWord& word, std::uintptr_t& node) noexcept {
    node = word.load(std::memory_order_relaxed) & ~mark_bits;
    for (;;) {
        slot.store(node, O1);
        if constexpr (mutant("look once")) return true;
        const std::uintptr_t marks = word.load(R2) - node;
        if (marks <= mark_bits) return (marks & pending_mark) == 0;
        node = (node + marks) & ~mark_bits;
    }
}

/// A slot for the moment: one of the thread's own, or that of a record which is borrowed.
class SpareSlot {
  public:
    explicit SpareSlot(Record& r) : slot_(r.free_slot()) {
        if (slot_ == nullptr) slot_ = &borrowed_.emplace(*r.domain).slot();
    }
    ~SpareSlot() {
        if (!borrowed_) slot_->store(0, S1);
    }
    SpareSlot(const SpareSlot&) = delete;
    SpareSlot& operator=(const SpareSlot&) = delete;

    Slot& operator*() const noexcept { return *slot_; }

  private:
    Slot* slot_;
    std::optional<Borrowed> borrowed_;
};

enum class Decision : std::uint32_t { none, committed, aborted };

/// What a transaction does to one cell.
struct Part {
    CellWord* word = nullptr;
    Node* old = nullptr;
    /// The old one, until the owner offers another. Atomic, for a compiler may read both before it knows
    /// which one it wants.
    Atomic<Node*> next{nullptr};
    std::uintptr_t generation = 0;

    Part() noexcept = default;
    /// For sorting, while nobody else sees it, and nothing is offered.
    Part(Part&& other) noexcept { *this = std::move(other); }
    Part& operator=(Part&& other) noexcept {
        word = other.word;
        old = other.old;
        next.store(old, std::memory_order_relaxed);
        generation = other.generation;
        return *this;
    }
};

/// The node that stands for a transaction, with its parts behind it, in the order of their addresses.
struct Pending : Node {
    Atomic<Decision> decision{Decision::none};
    std::uint32_t forks;
    const Record* owner;
    std::size_t size;
    bool held;

    /// Errors: std::bad_alloc.
    static Pending* make(const Record& owner, std::size_t size, bool held) {
        void* const memory = allocate(bytes(size), alignof(Node));
        auto* const made = new (memory) Pending(owner, size, held);
        for (std::size_t i = 0; i < size; ++i) new (made->parts() + i) Part;
        return made;
    }

    Part* parts() noexcept { return reinterpret_cast<Part*>(this + 1); }

    Part& part(const CellWord& word) noexcept {
        return *std::lower_bound(
            parts(), parts() + size, &word,
            [](const Part& p, const CellWord* w) { return std::less<>()(p.word, w); });
    }

    /// The node that stands in a cell where this one was found, and is named.
    Node* standing(const CellWord& word) noexcept {
        const Part& p = part(word);
        return decision.load(T3) == Decision::committed ? p.next.load(std::memory_order_relaxed)
                                                        : p.old;
    }

    bool undecided() const noexcept { return decision.load(T3) == Decision::none; }

    /// False: it was decided already.
    bool decide(Decision as) noexcept {
        Decision none = Decision::none;
        return decision.compare_exchange_strong(none, as, T2, T3);
    }

    /// Takes a decided one out of a word.
    void leave(CellWord& word) noexcept {
        std::uintptr_t found = word.load(R2);
        if (node_of(found) != this) return;
        const std::uintptr_t plain = word_of(standing(word)) | (found & generation_bits);
        word.compare_exchange_strong(found, plain, T4);
    }

    /// Waits until it is decided, or aborts it. The caller names it. Errors: WouldDeadlock.
    void await(const Record& r) {
        const auto forgotten = [&] {
            return r.domain->forks.load(std::memory_order_relaxed) != forks;
        };
        if (owner == &r && held && !forgotten() && undecided()) {
            throw WouldDeadlock(
                "a function writes to a variable whose other writers wait until it returns, and "
                "nothing "
                "was written; it may read the variable");
        }
        for (std::size_t looks = 0; undecided(); ++looks) {
            if (held && r.holds == 0 && !forgotten() && !mutant("abort held")) {
                park(this, nullptr, [&] { return !undecided() || forgotten(); });
            } else if (owner == &r || looks > Tuning::spins * size) {
                decide(Decision::aborted);
            } else {
                pause();
            }
        }
    }

  private:
    Pending(const Record& r, std::size_t n, bool h) noexcept
        : Node(destroy),
          forks(r.domain->forks.load(std::memory_order_relaxed)),
          owner(&r),
          size(n),
          held(h) {}

    static std::size_t bytes(std::size_t size) noexcept {
        return sizeof(Pending) + size * sizeof(Part);
    }

    static void destroy(Node* node) noexcept {
        auto* const whole = static_cast<Pending*>(node);
        const bool committed =
            whole->decision.load(std::memory_order_relaxed) == Decision::committed;
        for (std::size_t i = 0; i < whole->size; ++i) {
            const Part& p = whole->parts()[i];
            if (p.old != nullptr) detail::let_go(p.old);
            if (committed) detail::let_go(p.next.load(std::memory_order_relaxed));
        }
        deallocate(whole, bytes(whole->size), alignof(Node));
    }
};

/// The node that stands in a cell whose word was this, and is named.
inline Node* standing(const CellWord& cell, std::uintptr_t word) noexcept {
    Node* const node = node_of(word);
    if ((word & pending_mark) == 0) return node;
    return static_cast<Pending*>(node)->standing(cell);
}

/// Names what is in the word, in the ordered way, and gives the node that stands: the named one, or one that
/// it holds.
inline Node* name_standing(Slot& slot, const CellWord& cell) noexcept {
    std::uintptr_t word = 0;
    if (!name_in(slot, cell, word)) word |= pending_mark;
    return standing(cell, word);
}

/// Whether a node stands in a cell that is pending.
[[gnu::noinline]] inline bool stands_pending(const CellWord& cell, const Node* node) {
    const SpareSlot slot(record());
    return name_standing(*slot, cell) == node;
}

/// Sees to it that nothing is pending in the word which was there when this was called.
///
/// Progress   Blocking where it is held.
/// Errors     WouldDeadlock; std::bad_alloc in a thread that holds many snapshots.
[[gnu::noinline]] inline void make_way(CellWord& word) {
    if ((word.load(std::memory_order_relaxed) & pending_mark) == 0) return;
    Record& r = record();
    const SpareSlot slot(r);
    std::uintptr_t node = 0;
    if (name_in(*slot, word, node)) return;
    auto& pending = *static_cast<Pending*>(node_of(node));
    pending.await(r);
    pending.leave(word);
}

}  // namespace atomos::detail
