/// \file
/// The thread scope: cells that the threads of one process share.
///
/// One atomic word points at an immutable node {version, value}; a replacement publishes a new node by
/// CAS. A reader names the node in a slot of its own, looks again, and goes on; it never writes a line
/// that others write. detail/orders.hpp has the argument, detail/hazard.hpp the reclamation.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/lifecycle.hpp>
#include <atomos/detail/parking.hpp>
#include <atomos/detail/thread_cell.hpp>
#include <cstddef>
#include <cstdint>

namespace atomos {

/// Destroys every replaced value that nobody holds any more, of all threads. Returns how many values
/// wait on, because snapshots or readers hold them.
///
/// Reclamation needs no help: this is for a moment when nothing may be left, as before a leak check.
///
/// Progress   Blocking, briefly: it waits for threads that are in the middle of retiring a value.
/// Errors     std::bad_alloc, Unavailable: at a thread's first use of atomos only.
inline std::size_t collect() { return detail::collect(); }

namespace thread {

/// One number, shared by threads: exactly a std::atomic.
template <class T>
class Number {
  public:
    explicit constexpr Number(T first) noexcept : word_(first) {}

    detail::Atomic<T>& word() noexcept { return word_; }
    const detail::Atomic<T>& word() const noexcept { return word_; }

    template <class Changed>
    bool wait(const detail::Deadline* deadline, Changed changed) const {
        return detail::park(this, deadline, changed);
    }
    void notify() const {
        detail::fence(std::memory_order_seq_cst);
        detail::unpark(*detail::record().domain, this);
    }

  private:
    detail::Atomic<T> word_;
};

/// The validators of one atom, in detail/guards.hpp.
template <class T>
class Guards;

/// Sums, in detail/sums.hpp, and folds, in detail/fold.hpp.
class LongSum;
class DoubleSum;
template <class T, class Op>
class Fold;

}  // namespace thread

/// The scope of threads: what the front types ask a scope for.
struct Threads {
    template <class T>
    using Cell = thread::Cell<T>;
    template <class T>
    using Number = thread::Number<T>;
    template <class T>
    using Guards = thread::Guards<T>;
    using LongSum = thread::LongSum;
    using DoubleSum = thread::DoubleSum;
    template <class T, class Op>
    using Fold = thread::Fold<T, Op>;
    /// Where watches and validators live.
    using Local = Threads;
};

}  // namespace atomos

#include <atomos/detail/fold.hpp>
#include <atomos/detail/guards.hpp>
#include <atomos/detail/sums.hpp>
