/// \file
/// What statistics() tells is counted here, in programs that ask for it; in others nothing is.
///
/// With `ATOMOS_STATISTICS` defined, count() adds to one set of counters a process. Without it count() is
/// empty. No type has another size or layout for it, so libraries that differ in this may share atoms; but
/// all sources of one program or library have to agree, for the linker keeps one copy of an inline
/// function. Each source leaves a mark, and statistics() refuses to answer where the marks differ.
#pragma once

#include <cstdint>

#if defined(ATOMOS_STATISTICS)
#include <atomos/detail/domain.hpp>
#endif

namespace atomos::detail {

/// What is counted.
enum class Event : std::uint8_t { attempt, loss, retired, passed_on, watch_call, watch_error };
inline constexpr int events = 6;

#if defined(ATOMOS_STATISTICS)
inline constexpr bool counting = true;
#else
inline constexpr bool counting = false;
#endif

/// This source's mark: one byte, which nothing but statistics() reads.
[[gnu::section("atomos_counting"), gnu::used, gnu::retain]] static const char counting_here =
    counting ? 1 : 0;

#if defined(ATOMOS_STATISTICS)

/// A few sets of counters, so that threads which count do not always meet.
struct Counters {
    static constexpr unsigned rows = 16;
    struct alignas(64) Row {
        Atomic<std::uint64_t> counts[events]{};
    };
    Row row[rows]{};

    void add(Event event, std::uint64_t n) noexcept {
        const std::uint64_t thread = thread_identity();
        Row& mine = row[(thread >> 12U ^ thread >> 16U) % rows];
        mine.counts[static_cast<int>(event)].fetch_add(n, std::memory_order_relaxed);
    }
    std::uint64_t sum(Event event) const noexcept {
        std::uint64_t total = 0;
        for (const Row& r : row) {
            total += r.counts[static_cast<int>(event)].load(std::memory_order_relaxed);
        }
        return total;
    }
    void reset(Event event) noexcept {
        for (Row& r : row) {
            r.counts[static_cast<int>(event)].exchange(0, std::memory_order_relaxed);
        }
    }
};

/// Offered by each library; the process takes that of the first one which counts. (It is in no
/// destructor's way, and a library that has taken part is never unmapped.)
[[gnu::visibility("hidden")]] inline constinit Counters own_counters{};
[[gnu::visibility("hidden")]] inline constinit Atomic<Counters*> counters_in_use{nullptr};

[[gnu::noinline, gnu::cold, gnu::visibility("hidden")]] inline Counters& find_counters() noexcept {
    try {
        void* found = nullptr;
        Counters* const ours = &own_counters;
        const bool first = domain().counters.compare_exchange_strong(found, ours);
        auto* const counters = first ? ours : static_cast<Counters*>(found);
        counters_in_use.store(counters, std::memory_order_release);
        return *counters;
    } catch (const Unavailable&) {
        return own_counters;
    } catch (const std::bad_alloc&) {
        return own_counters;
    }
}

[[gnu::visibility("hidden")]] inline Counters& counters() noexcept {
    Counters* const known = counters_in_use.load(std::memory_order_acquire);
    return known != nullptr ? *known : find_counters();
}

inline void count(Event event, std::uint64_t n = 1) noexcept { counters().add(event, n); }

#else

[[gnu::always_inline]] constexpr void count(Event, std::uint64_t = 1) noexcept {}

#endif

}  // namespace atomos::detail
