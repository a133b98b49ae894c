/// \file
/// What goes on inside, in numbers: for programs that are compiled with ATOMOS_STATISTICS.
#pragma once

#include <atomos/detail/count.hpp>
#include <atomos/errors.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#if defined(ATOMOS_STATISTICS)
#include <atomos/detail/lifecycle.hpp>
#endif

namespace atomos {

/// What has happened in this process since it began, or since reset_statistics().
///
/// The figures are read one after another while others count: each is right for itself, and all are
/// right together when nothing goes on.
struct Statistics {
    /// Whether this program counts at all: whether it was compiled with ATOMOS_STATISTICS.
    bool counted = false;
    /// How often a value was offered to a reference or an atom of the thread scope.
    std::uint64_t attempts = 0;
    /// How many of these came too late: somebody else was faster, or the comparison failed.
    std::uint64_t losses = 0;
    /// Replaced values that are neither destroyed nor handed to snapshots yet. Not reset.
    std::uint64_t waiting = 0;
    /// How often a watch was called, in all scopes, and how often one threw.
    std::uint64_t watch_calls = 0;
    std::uint64_t watch_errors = 0;
};

namespace detail {

/// The marks of all sources in this program or library; the linker names where they begin and end.
extern "C" {
[[gnu::weak, gnu::visibility("hidden")]] extern const char __start_atomos_counting[];
[[gnu::weak, gnu::visibility("hidden")]] extern const char __stop_atomos_counting[];
}

/// Errors   Mismatch.
[[gnu::visibility("hidden")]] inline void check_that_sources_agree() {
    const auto sources = static_cast<std::size_t>(__stop_atomos_counting - __start_atomos_counting);
    std::size_t counted = 0;
    for (std::size_t i = 0; i < sources; ++i) {
        counted += static_cast<std::size_t>(__start_atomos_counting[i]);
    }
    if (counted == 0 || counted == sources) return;
    throw Mismatch("statistics(): " + std::to_string(counted) + " of " + std::to_string(sources) +
                   " sources were compiled with ATOMOS_STATISTICS; all or none must be");
}

}  // namespace detail

/// What this process has counted so far.
///
///     #define ATOMOS_STATISTICS                 // or -DATOMOS_STATISTICS, for all sources
///     std::cout << atomos::statistics().losses;
///
/// All libraries of the process that count do so together; what those do that do not is left out.
///
/// Cost       With the switch, one locked add an event, in one of 16 lines; without it, nothing.
/// Errors     Mismatch: some sources of this program were compiled with the switch and some without, so
///            that it is left to chance what is counted.
[[gnu::visibility("hidden")]] inline Statistics statistics() {
    detail::check_that_sources_agree();
#if defined(ATOMOS_STATISTICS)
    using detail::Event;
    const detail::Counters& all = detail::counters();
    const std::uint64_t passed_on = all.sum(Event::passed_on);
    const std::uint64_t retired = all.sum(Event::retired);
    return {true,
            all.sum(Event::attempt),
            all.sum(Event::loss),
            retired - passed_on,
            all.sum(Event::watch_call),
            all.sum(Event::watch_error)};
#else
    return {};
#endif
}

/// Counts from 0 again, except for `waiting`. An event of that moment is counted before or after.
///
/// Errors     As statistics().
[[gnu::visibility("hidden")]] inline void reset_statistics() {
    detail::check_that_sources_agree();
#if defined(ATOMOS_STATISTICS)
    using detail::Event;
    for (const Event event : {Event::attempt, Event::loss, Event::watch_call, Event::watch_error}) {
        detail::counters().reset(event);
    }
#endif
}

}  // namespace atomos
