/// \file
/// Slabs: for each thread a long row of words that it alone adds to, and who owns which of them.
///
/// A counter owns the words of one number in every slab. To add, a thread changes the word in its own
/// slab, without a locked instruction; to sum up, one looks into all slabs. A slab belongs to a Record:
/// it stays with it when its thread ends, sums and all, and the next thread goes on there. In a fork's
/// child the same happens to the slabs of the threads that are gone.
///
/// A thread for which no slab can be had, and a counter for which no words are left, use a word in the
/// counter itself, shared and locked: slower, and as right.
///
/// Bound   1 MiB of addresses a thread that has ever added; memory by the page, where it was written.
///         131,064 words: so many LongAdders and accumulators, or an eighth as many DoubleAdders.
///
/// What a thread adds, it adds in an order of its own word (coherence), and that is all: adds and looks are
/// relaxed. The labels are about who has which words.
#pragma once

#include <array>
#include <atomos/detail/domain.hpp>
#include <atomos/detail/door_defaults.hpp>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace atomos::detail {

// clang-format off
// label                                                              operation            pairs with  what breaks if weaker
inline constexpr Order K1 = order("K1", std::memory_order_release);  // enter a slab         K2          a slab's words are read before they are there
inline constexpr Order K2 = order("K2", std::memory_order_acquire);  // walk the list        K1          as K1
inline constexpr Order K3 = order("K3", std::memory_order_release);  // give words back      K4          a new counter begins with what an old one held
inline constexpr Order K4 = order("K4", std::memory_order_acquire);  // take words           K3          as K3
// clang-format on

using Bits = std::uint64_t;

/// All slabs, and which words are taken. Made at the first counter, never unmapped.
struct Slabs {
    static constexpr std::size_t words = slab_words_of<Tuning>();
    static constexpr std::uint32_t in_row = 64;
    /// A line: what a counter may take beside a single word.
    static constexpr std::uint32_t line = 8;
    /// Slabs begin at different places of the page, so that one counter's words do not all fall into the
    /// same few lines of a cache.
    static constexpr std::size_t shifts = words / line < 64 ? 1 : 64;

    struct List {
        std::array<Atomic<Atomic<Bits>*>, in_row> slabs{};
        Atomic<List*> next{nullptr};
    };

    /// One bit a word. Number 0 means "none", so its line is never given out.
    std::array<Atomic<Bits>, words / 64> taken{};
    /// Where to look for free words first.
    Atomic<std::uint32_t> hint{0};
    List first{};

    Slabs() noexcept { taken[0].store(0xFF, std::memory_order_relaxed); }

    /// Calls f with every slab.
    template <class F>
    [[gnu::always_inline]] void each(F f) const {
        const auto visit = [&f](const auto& entry) __attribute__((always_inline)) {
            Atomic<Bits>* const slab = entry.load(K2);
            if (slab != nullptr) f(slab);
            return slab != nullptr;
        };
        const List* list = &first;
        do {
            // Two at a time: with few threads, a jump less is a quarter of a sum.
            for (std::size_t i = 0; i < in_row; i += 2) {
                if (!visit(list->slabs[i]) || !visit(list->slabs[i + 1])) return;
            }
            list = list->next.load(K2);
        } while (list != nullptr);
    }

    /// Makes one more. Returns its place in the list, from 1 on; 0: there is no memory for it.
    std::uint32_t add() noexcept {
        constexpr std::size_t size = words + (shifts - 1) * line;
        Atomic<Bits>* const memory = detail::map_words(size);
        if (memory == nullptr) return 0;
        std::uint32_t place = 0;
        for (List* list = &first; list != nullptr; list = after(*list)) {
            for (auto& entry : list->slabs) {
                Atomic<Bits>* const slab = memory + place++ % shifts * line;
                Atomic<Bits>* nothing = entry.load(std::memory_order_relaxed);
                if (nothing == nullptr && entry.compare_exchange_strong(nothing, slab, K1))
                    return place;
            }
        }
        detail::unmap_words(memory, size);
        return 0;
    }

    /// The slab at a place.
    Atomic<Bits>* at(std::uint32_t place) const noexcept {
        const List* list = &first;
        for (--place; place >= in_row; place -= in_row) list = list->next.load(K2);
        return list->slabs[place].load(K2);
    }

    /// Takes one word, or a line. Returns the first word's number; 0: none are left.
    std::uint32_t take(std::uint32_t count) noexcept {
        const std::uint32_t from = hint.load(std::memory_order_relaxed);
        for (std::uint32_t i = 0; i < taken.size(); ++i) {
            const auto row = static_cast<std::uint32_t>((from + i) % taken.size());
            Bits seen = taken[row].load(std::memory_order_relaxed);
            for (int bit = free_in(seen, count); bit < 64; bit = free_in(seen, count)) {
                if (!taken[row].compare_exchange_strong(seen, seen | mask(count) << bit, K4))
                    continue;
                hint.store(row, std::memory_order_relaxed);
                return row * 64 + static_cast<std::uint32_t>(bit);
            }
        }
        return 0;
    }

    void give_back(std::uint32_t number, std::uint32_t count) noexcept {
        taken[number / 64].fetch_and(~(mask(count) << number % 64), K3);
        hint.store(number / 64, std::memory_order_relaxed);
    }

  private:
    static constexpr Bits mask(std::uint32_t count) noexcept { return (Bits{1} << count) - 1; }

    /// The first bit of so many free ones; 64: there are none.
    static int free_in(Bits row, std::uint32_t count) noexcept {
        if (count == 1) return std::countr_one(row);
        int bit = 0;
        while (bit < 64 && (row >> bit & mask(count)) != 0) bit += static_cast<int>(line);
        return bit;
    }

    static List* after(List& list) noexcept {
        List* next = list.next.load(K2);
        if (next != nullptr) return next;
        auto* const made = new (std::nothrow) List;
        if (made == nullptr || list.next.compare_exchange_strong(next, made, K1, K2)) return made;
        delete made;
        return next;
    }
};

/// Errors   std::bad_alloc, Unavailable.
inline Slabs& slabs() {
    Domain& d = domain();
    Slabs* standing = d.slabs.load(K2);
    if (standing != nullptr) return *standing;
    auto* const made = new Slabs;
    if (d.slabs.compare_exchange_strong(standing, made, K1, K2)) return *made;
    delete made;
    return *standing;
}

/// The current thread's slab, which it is given if need be. nullptr: there is no memory for one.
[[gnu::noinline, gnu::cold, gnu::visibility("hidden")]] inline Atomic<Bits>* attach_slab(
    Slabs& all) noexcept {
    const SignalsHeld held;
    ThreadLink& here = this_thread();
    try {
        Record& r = record();
        if (r.slab == 0) r.slab = all.add();
        if (r.slab != 0) here.slab = all.at(r.slab);
    } catch (...) {
        here.slab = nullptr;
    }
    return here.slab;
}

/// One counter's words: `count` of them, 1 or a line, in every slab. They begin as 0.
template <std::uint32_t count>
class OwnWords {
    static_assert(count == 1 || count == Slabs::line);

  public:
    /// Errors   std::bad_alloc, Unavailable.
    OwnWords() : slabs_(detail::slabs()), number_(slabs_.take(count)) {
        // Nobody else uses these words now, though other threads use others of the same slabs.
        if (!none()) each(clear);
    }
    OwnWords(const OwnWords&) = delete;
    OwnWords& operator=(const OwnWords&) = delete;
    ~OwnWords() {
        if (!none()) slabs_.give_back(number_, count);
    }

    /// Whether none were left; then no slab has them.
    [[gnu::always_inline]] bool none() const noexcept { return number_ == 0; }

    /// These words in a slab.
    [[gnu::always_inline]] Atomic<Bits>* in(Atomic<Bits>* slab) const noexcept {
        return slab + number_;
    }

    /// The current thread's own words; it is given a slab if need be. nullptr: there is none.
    [[gnu::always_inline]] Atomic<Bits>* own() noexcept {
        Atomic<Bits>* const slab = this_thread().slab;
        if (slab == nullptr || none()) [[unlikely]]
            return own_slowly();
        return in(slab);
    }

    /// Calls f with every thread's.
    template <class F>
    [[gnu::always_inline]] void each(F f) const {
        if (none()) [[unlikely]]
            return;
        slabs_.each([&, number = number_](Atomic<Bits>* slab) { f(slab + number); });
    }

  private:
    static void clear(Atomic<Bits>* words) noexcept {
        for (std::uint32_t i = 0; i < count; ++i) {
            // Reading does not make the kernel find a page.
            if (words[i].load(std::memory_order_relaxed) != 0)
                words[i].store(0, std::memory_order_relaxed);
        }
    }

    [[gnu::noinline, gnu::cold]] Atomic<Bits>* own_slowly() noexcept {
        Atomic<Bits>* const slab = none() ? nullptr : attach_slab(slabs_);
        return slab != nullptr ? in(slab) : nullptr;
    }

    Slabs& slabs_;
    const std::uint32_t number_;
};

}  // namespace atomos::detail
