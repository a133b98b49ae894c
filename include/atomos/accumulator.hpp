/// \file
/// LongAccumulator and DoubleAccumulator: what an operation makes of the values that many threads give.
#pragma once

#include <atomos/cell.hpp>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace atomos {

/// What an operation makes of all values that threads have given, without meeting each other.
///
///     LongAccumulator longest{[](std::int64_t a, std::int64_t b) { return std::max(a, b); }, 0};
///     longest.accumulate(length);
///     report(longest.get_then_reset());               // each value is in exactly one report
///
/// Op is called as op(so far, value) and op(one part, another), from any thread, with nothing locked,
/// and again after a race with a drain. The result is only right if Op is associative and commutative,
/// `identity` leaves the other argument as it is, and Op has no side effects. Like LongAdder's sum,
/// `get()` is no snapshot; it has every value that was given before it.
///
/// Order      Relaxed, as LongAdder.
/// Progress   Lock-free, as far as Op is. A thread is held up by drains only.
/// Bound      Threads: 32 bytes, Op, and 8 bytes a thread; limits as LongAdder. Processes: 2 KiB in the
///            region.
/// Errors     The constructor: std::bad_alloc, Unavailable. What Op throws passes: out of accumulate() and
///            get(), and nothing has changed; out of get_then_reset(), and what was taken is lost. In
///            shared memory that is open for reading only, changes are PermissionDenied.
/// Cost       accumulate(): a load and Op where Op changes nothing, else one locked instruction, on a line
///            that is the thread's own, or that busy threads do not share.
/// Source     java.util.concurrent.atomic.LongAccumulator.
template <class T, class Op, class Scope = Threads>
    requires std::is_invocable_r_v<T, const Op&, T, T>
class Accumulator {
  public:
    using value_type = T;

    Accumulator(Op op, std::type_identity_t<T> identity)
        requires std::constructible_from<typename Scope::template Fold<T, Op>, Op, T>
        : fold_(std::move(op), identity) {}
    /// In a scope where variables have a place: opens the accumulator, or makes it with the identity.
    template <class Place>
    Accumulator(Place& place, std::string_view name, Op op, std::type_identity_t<T> identity)
        : fold_(place, name, std::move(op), identity) {}
    Accumulator(const Accumulator&) = delete;
    Accumulator& operator=(const Accumulator&) = delete;

    void accumulate(T x) { fold_.accumulate(x); }

    /// What was made of the values since the last drain; the identity if there were none.
    T get() const { return fold_.get(); }
    explicit operator T() const { return get(); }

    /// Returns it, and begins again at the identity. Every value is in exactly one drain.
    T get_then_reset() { return fold_.take(); }

    /// Begins again at the identity.
    void reset() { fold_.clear(); }

  private:
    typename Scope::template Fold<T, Op> fold_;
};

template <class Op, class Scope = Threads>
using LongAccumulator = Accumulator<std::int64_t, Op, Scope>;
template <class Op, class Scope = Threads>
using DoubleAccumulator = Accumulator<double, Op, Scope>;

}  // namespace atomos
