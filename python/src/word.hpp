/// \file
/// A word that threads share without the GIL, how many of them wait for it to change, and how several of
/// them change at once.
///
/// A writer replaces the word, then looks whether anybody waits; a waiter counts himself, then looks at
/// the word. Of the two looks at least one finds what the other side did, so no change is slept through.
///
/// A change of several words stands in each of them as one object, and one Verdict in that counts for all
/// of them: what a word stands for is what was in it and the Verdict say together.
///
/// Nothing here is CPython's, so that the model checker drives it: tests/model/scenarios/python_words.cpp
/// finds the mutant of each label broken.
#pragma once

#include <atomos/detail/atomic.hpp>
#include <cstdint>

namespace atomos::python {

// clang-format off
// label                                                                           operation           pairs with   what breaks if weaker
inline constexpr detail::Order PY1 = detail::order("PY1", std::memory_order_seq_cst);  // look            PY2,PY3,PY4  an object is seen half made; a waiter sleeps through a change
inline constexpr detail::Order PY2 = detail::order("PY2", std::memory_order_seq_cst);  // exchange        PY1,PY5      as PY1; and the replaced object is ended before it was made
inline constexpr detail::Order PY3 = detail::order("PY3", std::memory_order_seq_cst);  // replace         PY1,PY5      as PY2
inline constexpr detail::Order PY4 = detail::order("PY4", std::memory_order_seq_cst);  // count a waiter  PY5,PY1      a waiter sleeps through a change
inline constexpr detail::Order PY5 = detail::order("PY5", std::memory_order_seq_cst);  // see waiters     PY4,PY2,PY3  a waiter sleeps through a change
inline constexpr detail::Order PY6 = detail::order("PY6", std::memory_order_seq_cst);  // decide          PY7          a new value is missing, or seen half made
inline constexpr detail::Order PY7 = detail::order("PY7", std::memory_order_seq_cst);  // look at it      PY6          as PY6
// clang-format on

/// A slot's content: an object, or a small int itself. Compared as a word.
using Word = std::uintptr_t;

/// A Word that threads look at and replace at any time.
class FreeWord {
  public:
    explicit FreeWord(Word word) noexcept : word_(word) {}
    Word load() const noexcept { return word_.load(PY1); }
    Word exchange(Word next) noexcept { return word_.exchange(next, PY2); }
    /// A replacement that loses is a look.
    bool replace(Word seen, Word next) noexcept {
        return word_.compare_exchange_strong(seen, next, PY3, PY1);
    }

  private:
    detail::Atomic<Word> word_;
};

/// How many threads wait for something to change; part of what they wait for.
class Waiting {
  public:
    /// To be looked at after a change.
    bool any() const noexcept { return count_.load(PY5) != 0; }
    /// With the GIL: whoever counts himself is seen by the next store.
    bool any_relaxed() const noexcept { return count_.load(std::memory_order_relaxed) != 0; }

    /// A waiter counts himself, before his last look.
    void enter() noexcept { count_.fetch_add(1, PY4); }
    void leave() noexcept { count_.fetch_sub(1, std::memory_order_relaxed); }
    /// In a fork's child: those that were counted are not there.
    void forget() noexcept { count_.store(0, std::memory_order_relaxed); }

  private:
    detail::Atomic<std::uint32_t> count_{0};
};

enum class Decision : std::uint8_t { none, committed, aborted };

/// What has become of a change of several words: decided once, by its owner or by who is in its way.
class Verdict {
  public:
    Decision look() const noexcept { return decision_.load(PY7); }
    /// False: it was decided already.
    bool decide(Decision as) noexcept {
        Decision none = Decision::none;
        return decision_.compare_exchange_strong(none, as, PY6, PY7);
    }

  private:
    detail::Atomic<Decision> decision_{Decision::none};
};

}  // namespace atomos::python
