/// \file
/// Waiting for a change: a futex for each address, found by hashing, so that atoms need no room for it.
///
///     waiter                                   writer
///     P1 waiters + 1        (seq_cst)          W1 replace          (seq_cst)
///     P2 look at the value  (seq_cst)          P3 look at waiters  (seq_cst)
///
/// One of the two sees the other, so no wake is lost; a wake meant for another address that shares the
/// futex is a needless one, and is looped over. Nobody pays for waits that do not happen but with P3, one
/// load of a line that hardly ever changes.
#pragma once

#include <atomos/detail/domain.hpp>
#include <cstddef>
#include <cstdint>

namespace atomos::detail {

inline constexpr Order P1 = order("P1", std::memory_order_seq_cst);
inline constexpr Order P3 = order("P3", std::memory_order_seq_cst);

inline Bucket& bucket_of(Domain& d, const void* address) noexcept {
    const auto bits = reinterpret_cast<std::uintptr_t>(address) >> 3U;
    return d.parking[((bits * 0x9E3779B97F4A7C15U) >> 40U) % Domain::buckets];
}

/// Sleeps until `changed()` holds, or the deadline has passed (then false).
///
/// Progress   Blocking. `changed` is called with nothing locked, and may throw.
template <class Changed>
[[gnu::noinline]] bool park(const void* address, const Deadline* deadline, Changed changed) {
    for (int spins = 0; spins < Tuning::spins; ++spins) {
        if (changed()) return true;
        pause();
    }
    Bucket& bucket = bucket_of(*record().domain, address);
    struct Waiting {
        Bucket& bucket;
        explicit Waiting(Bucket& b) noexcept : bucket(b) { bucket.waiters.fetch_add(1, P1); }
        ~Waiting() { bucket.waiters.fetch_sub(1, std::memory_order_relaxed); }
    } const waiting{bucket};
    for (;;) {
        const std::uint32_t turn = bucket.turn.load(std::memory_order_acquire);
        if (changed()) return true;
        if (!futex_wait(bucket.turn, turn, deadline)) return changed();
    }
}

/// Wakes all that wait at the address. The change has been made by a seq_cst operation, or a seq_cst
/// fence stands between.
[[gnu::always_inline]] inline void unpark(Domain& d, const void* address) noexcept {
    Bucket& bucket = bucket_of(d, address);
    if (bucket.waiters.load(P3) != 0) [[unlikely]] {
        bucket.turn.fetch_add(1, std::memory_order_release);
        futex_wake_all(bucket.turn);
    }
}

}  // namespace atomos::detail
