/// \file
/// Deadlines: time spans and clock times of any kind, as the steady clock's time.
#pragma once

#include <atomos/detail/atomic.hpp>
#include <chrono>

namespace atomos::detail {

/// Times further off than this are never.
inline constexpr std::chrono::hours never{24 * 365 * 100};

/// The deadline after a time span of any unit.
template <class Rep, class Period>
Deadline deadline_after(std::chrono::duration<Rep, Period> span) {
    const auto now = std::chrono::steady_clock::now();
    if (!(span > span.zero())) return now;  // a NaN too
    // Compared as doubles: a span may be longer than hours can count.
    if (std::chrono::duration<double>(span) >= never) return now + never;
    return now + std::chrono::ceil<std::chrono::steady_clock::duration>(span);
}

/// Waits until a clock's time; a clock that was set meanwhile is looked at again.
/// `park_once(deadline)` waits once, by the steady clock, and says whether there was a change.
template <class Clock, class Duration, class ParkOnce>
bool park_until(std::chrono::time_point<Clock, Duration> time, ParkOnce park_once) {
    for (;;) {
        const auto now = Clock::now();
        const Deadline deadline =
            time <= now ? std::chrono::steady_clock::now() : deadline_after(time - now);
        if (park_once(deadline)) return true;
        if (Clock::now() >= time) return false;
    }
}

}  // namespace atomos::detail
