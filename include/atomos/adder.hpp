/// \file
/// LongAdder and DoubleAdder: sums that many threads add to, and few read.
#pragma once

#include <atomos/cell.hpp>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

namespace atomos {

/// A sum of integers that threads add to without meeting each other.
///
///     LongAdder served;
///     served.increment();                             // from any thread: a nanosecond, however many
///     report(served.sum_then_reset());                // each is reported exactly once
///
/// For what is added to often and read seldom. `sum()` is no snapshot: beside adds that run at the same
/// time it may count a later one and miss an earlier one of another thread, and so return a number that
/// the sum never was. It counts every add that happened before it, and where nobody adds it is exact.
/// Who needs the number that an add made, or compares and sets, takes AtomicLong.
///
/// Order      Relaxed: a sum has what happened before it, and orders nothing else.
/// Progress   Adds are wait-free. Sums and drains are lock-free, and held up by other drains only. Adds may
///            be used in signal handlers, and interrupted by them.
/// Bound      Threads: 32 bytes, and 8 bytes a thread; 56 more once it was drained. The threads' words are used again by
///            later threads and later adders. Beyond 131,064 adders and accumulators, and for a thread
///            whose memory cannot be had, adds go to one shared word: slower, and nothing is lost.
///            Processes: 2 KiB in the region.
/// Errors     The constructor, sums and drains: std::bad_alloc, Unavailable; nothing was drained. Sums wrap
///            around (two's complement). In shared memory that is open for reading only, adds and drains
///            are PermissionDenied.
/// Cost       Threads: an add is three loads and a change of the thread's own word, without a lock prefix; a
///            sum is two loads a thread, and once it was drained a look at an AtomicReference. Processes: an
///            add is one locked instruction, on a line that busy threads do not share.
/// Source     java.util.concurrent.atomic.LongAdder.
template <class Scope>
class BasicLongAdder {
    static constexpr bool unfailing = noexcept(std::declval<typename Scope::LongSum&>().add(0));

  public:
    using value_type = std::int64_t;

    BasicLongAdder()
        requires std::default_initializable<typename Scope::LongSum>
    = default;
    /// In a scope where variables have a place: opens the adder, or makes it with 0.
    template <class Place>
    BasicLongAdder(Place& place, std::string_view name) : sum_(place, name) {}
    BasicLongAdder(const BasicLongAdder&) = delete;
    BasicLongAdder& operator=(const BasicLongAdder&) = delete;

    [[gnu::always_inline]] void add(std::int64_t x) noexcept(unfailing) { sum_.add(x); }
    [[gnu::always_inline]] void increment() noexcept(unfailing) { sum_.add(1); }
    [[gnu::always_inline]] void decrement() noexcept(unfailing) { sum_.add(-1); }

    /// What was added since the last drain. Not a snapshot: see above.
    [[gnu::always_inline]] std::int64_t sum() const { return sum_.get(); }
    explicit operator std::int64_t() const { return sum(); }

    /// Returns the sum and begins again at 0. Every add is in exactly one drain, also beside other
    /// drains and adds.
    std::int64_t sum_then_reset() { return sum_.take(); }

    /// Begins again at 0.
    void reset() { static_cast<void>(sum_.take()); }

  private:
    typename Scope::LongSum sum_;
};

/// A sum of doubles that threads add to without meeting each other.
///
/// As LongAdder, and in addition:
///
/// - The sum is compensated, in each thread's part and over them: a million times 0.1 is 100000, and a 1.0
///   that was added between 1e100 and −1e100 is there. The error of n adds is half a digit of the sum, and
///   at most about n² 10⁻³² of the sum of their absolute values. (Not with -ffast-math.)
/// - A drain takes everything away; nothing of its numbers is in a later sum. Where an infinity or a NaN
///   was added, or a thread's part has overflowed, the sum is what double arithmetic makes of that, until
///   it is drained.
///
/// Order      As LongAdder.
/// Progress   Adds, sums and drains are lock-free: an add is only held up by drains, a sum by adds.
/// Bound      Threads: 24 bytes, and 64 bytes a thread. Beyond 16,383 of them, for a thread whose memory
///            cannot be had, and in a signal handler that interrupts an add, adds go to one shared word,
///            without compensation. Processes: 5 KiB in the region; not in signal handlers.
/// Errors     The constructor: std::bad_alloc, Unavailable. Processes: adds and drains as an
///            AtomicReference's changes; an add that failed has added nothing.
/// Cost       Threads: an add is one locked instruction, on a line of the thread's own. Processes: an add
///            is the replacement of a reference.
/// Source     java.util.concurrent.atomic.DoubleAdder; A. Neumaier, ZAMM 54, 1974.
template <class Scope>
class BasicDoubleAdder {
    static constexpr bool unfailing = noexcept(std::declval<typename Scope::DoubleSum&>().add(0));

  public:
    using value_type = double;

    BasicDoubleAdder()
        requires std::default_initializable<typename Scope::DoubleSum>
    = default;
    /// In a scope where variables have a place: opens the adder, or makes it with 0.
    template <class Place>
    BasicDoubleAdder(Place& place, std::string_view name) : sum_(place, name) {}
    BasicDoubleAdder(const BasicDoubleAdder&) = delete;
    BasicDoubleAdder& operator=(const BasicDoubleAdder&) = delete;

    void add(double x) noexcept(unfailing) { sum_.add(x); }

    /// What was added since the last drain. Not a snapshot: see LongAdder.
    double sum() const { return sum_.get(); }
    explicit operator double() const { return sum(); }

    /// Returns the sum and begins again at 0. Every add is in exactly one drain.
    double sum_then_reset() { return sum_.take(); }

    /// Begins again at 0.
    void reset() { static_cast<void>(sum_.take()); }

  private:
    typename Scope::DoubleSum sum_;
};

using LongAdder = BasicLongAdder<Threads>;
using DoubleAdder = BasicDoubleAdder<Threads>;

}  // namespace atomos
