/// \file
/// Values of any operation in the thread scope: what LongAccumulator and DoubleAccumulator are made of.
///
/// A maximum cannot be taken back out of a maximum, so a drain has to take the words' contents away, and
/// an owner must not put them back. So an owner changes its own word by a CAS, which nobody contends but
/// a drain; and where the operation leaves the word as it is, as most do that a maximum has seen, it
/// writes nothing. Plain stores, as in LongSum, would need the drain to wait for an owner that is between
/// its load and its store (docs/decisions/0008-slabs.md).
///
/// A word holds the value's bits, exclusive-or the identity's: 0 is the identity, and new words are right.
#pragma once

#include <atomos/detail/slab.hpp>
#include <bit>
#include <cstdint>
#include <functional>
#include <utility>

namespace atomos::thread {

/// What Op makes of the values that many threads give it.
///
/// Bound   8 bytes a thread, 32 bytes, and Op.
template <class T, class Op>
class Fold {
    using Bits = detail::Bits;
    static_assert(sizeof(T) == sizeof(Bits));

  public:
    Fold(Op op, T identity) : op_(std::move(op)), identity_(identity) {}

    void accumulate(T x) {
        detail::Atomic<Bits>* const own = words_.own();
        detail::Atomic<Bits>& word = own != nullptr ? *own : shared_;
        Bits seen = word.load(std::memory_order_relaxed);
        for (;;) {
            const Bits next = word_of(std::invoke(op_, value_of(seen), x));
            if (next == seen) return;
            if constexpr (detail::mutant("accumulate plainly"))
                return word.store(next, std::memory_order_relaxed);
            if (word.compare_exchange_strong(seen, next, std::memory_order_relaxed)) return;
        }
    }

    T get() const {
        T result = value_of(shared_.load(std::memory_order_relaxed));
        words_.each([&](const detail::Atomic<Bits>* word) {
            add(result, word->load(std::memory_order_relaxed));
        });
        return result;
    }

    T take() {
        T result = value_of(taken(shared_));
        words_.each([&](detail::Atomic<Bits>* word) { add(result, taken(*word)); });
        return result;
    }

    void clear() noexcept {
        taken(shared_);
        words_.each([](detail::Atomic<Bits>* word) { taken(*word); });
    }

  private:
    Bits word_of(T value) const noexcept {
        return std::bit_cast<Bits>(value) ^ std::bit_cast<Bits>(identity_);
    }
    T value_of(Bits word) const noexcept {
        return std::bit_cast<T>(word ^ std::bit_cast<Bits>(identity_));
    }

    void add(T& result, Bits word) const {
        if (word != 0) result = std::invoke(op_, std::as_const(result), value_of(word));
    }

    static Bits taken(detail::Atomic<Bits>& word) noexcept {
        if (word.load(std::memory_order_relaxed) == 0) return 0;
        return word.exchange(0, std::memory_order_relaxed);
    }

    detail::OwnWords<1> words_;
    [[no_unique_address]] Op op_;
    const T identity_;
    detail::Atomic<Bits> shared_{0};
};

}  // namespace atomos::thread
