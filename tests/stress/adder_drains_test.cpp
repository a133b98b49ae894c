/// \file
/// A hundred million adds, by threads that come and go, beside drains: each is in exactly one drain.
///
/// Each test is over after so many; ATOMOS_STRESS_SECONDS lets it begin again until the time is over.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <atomos/atomos.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

#include "support/seed.hpp"
#include "support/together.hpp"

namespace {

using atomos::DoubleAdder;
using atomos::LongAccumulator;
using atomos::LongAdder;
using atomos::testing::below;
using atomos::testing::random_stream;
using atomos::testing::together;

#if defined(NDEBUG)
constexpr std::uint64_t all_adds = 100'000'000;
#else
constexpr std::uint64_t all_adds = 1'000'000;
#endif
constexpr int lanes = 4;
constexpr std::uint64_t adds_a_lane = all_adds / lanes;

/// Calls round(n) once, and again as long as ATOMOS_STRESS_SECONDS says.
template <class Round>
void in_rounds(Round round) {
    const char* const given = std::getenv("ATOMOS_STRESS_SECONDS");
    const std::chrono::duration<double> span(given != nullptr ? std::strtod(given, nullptr) : 0.0);
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t n = 0;
    do {
        round(n++);
    } while (!::testing::Test::HasFailure() && std::chrono::steady_clock::now() - begin < span);
}

/// Lanes give values, while others drain. A lane is a thread after another: each gives some and ends.
class Crew {
  public:
    explicit Crew(std::uint64_t round) : round_(round) {}

    /// Calls give(random, i) for all i below adds_a_lane in each lane, and drain() beside it, on as many
    /// threads as `drainers`, until all was given.
    template <class Give, class Drain>
    void work(int drainers, Give give, Drain drain) {
        together(lanes + drainers, [&](int n) {
            if (n >= lanes) {
                while (working_.load() != 0) drain();
                return;
            }
            std::uint64_t given = 0;
            auto random = random_stream(round_ * lanes + static_cast<std::uint64_t>(n));
            while (given < adds_a_lane) {
                const std::uint64_t until = std::min(adds_a_lane, given + 1 + below(random, most));
                std::thread([&] {
                    for (; given < until; ++given) give(n, random, given);
                }).join();
            }
            working_.fetch_sub(1);
        });
    }

  private:
    /// How many adds a thread lives for.
    static constexpr std::uint64_t most = std::max<std::uint64_t>(adds_a_lane / 100, 1);

    std::uint64_t round_;
    std::atomic<int> working_{lanes};
};

/// What a lane gave, on a line of its own.
template <class T>
struct alignas(64) Tally {
    T sum{};
};

/// Not quick to repeat itself, and quick to make: 10^8 of these fit into an int64.
std::int64_t mixed(std::uint64_t x) {
    return static_cast<std::int64_t>((x * 0x9E3779B97F4A7C15U) >> 32U);
}

TEST(LongAdder, has_each_of_a_hundred_million_adds_in_exactly_one_drain) {
    in_rounds([](std::uint64_t round) {
        LongAdder adder;
        std::vector<Tally<std::int64_t>> given(lanes);
        std::atomic<std::int64_t> drained{0};
        std::atomic<std::uint64_t> drains{0};

        Crew(round).work(
            2,
            [&](int lane, auto&, std::uint64_t i) {
                const std::int64_t x = mixed(i);
                adder.add(x);
                given[static_cast<std::size_t>(lane)].sum += x;
            },
            [&] {
                const std::int64_t taken = adder.sum_then_reset();
                ASSERT_GE(taken, 0) << "what was added is taken back";
                drained.fetch_add(taken);
                drains.fetch_add(1);
            });

        std::int64_t all = 0;
        for (const auto& lane : given) all += lane.sum;
        EXPECT_EQ(drained.load() + adder.sum(), all);
        EXPECT_GT(drains, 0U);
    });
}

TEST(LongAdder, has_in_the_drains_so_far_what_was_added_before_the_last_began) {
    in_rounds([](std::uint64_t round) {
        LongAdder adder;
        std::vector<Tally<std::atomic<std::int64_t>>> ended(lanes);
        std::int64_t drained = 0;

        Crew(round).work(
            1,
            [&](int lane, auto&, std::uint64_t i) {
                adder.increment();
                ended[static_cast<std::size_t>(lane)].sum.store(static_cast<std::int64_t>(i) + 1,
                                                                std::memory_order_release);
            },
            [&] {
                std::int64_t least = 0;
                for (const auto& lane : ended) least += lane.sum.load();
                const std::int64_t taken = adder.sum_then_reset();
                ASSERT_GE(taken, 0) << "what was added was taken before";
                drained += taken;
                ASSERT_GE(drained, least);
            });

        EXPECT_EQ(drained + adder.sum(), static_cast<std::int64_t>(lanes * adds_a_lane));
    });
}

TEST(DoubleAdder, has_each_of_a_hundred_million_adds_in_exactly_one_drain) {
    in_rounds([](std::uint64_t round) {
        DoubleAdder adder;
        std::vector<Tally<std::int64_t>> given(lanes);
        std::atomic<std::int64_t> drained{0};
        std::atomic<std::uint64_t> broken{0};

        Crew(round).work(
            2,
            [&](int lane, auto&, std::uint64_t i) {
                // Whole numbers of which no sum here is rounded.
                const std::int64_t x = mixed(i) % 1'000'000;
                adder.add(static_cast<double>(x));
                given[static_cast<std::size_t>(lane)].sum += x;
            },
            [&] {
                const double taken = adder.sum_then_reset();
                if (taken != std::floor(taken)) broken.fetch_add(1);
                drained.fetch_add(static_cast<std::int64_t>(taken));
            });

        std::int64_t all = 0;
        for (const auto& lane : given) all += lane.sum;
        EXPECT_EQ(drained.load() + static_cast<std::int64_t>(adder.sum()), all);
        EXPECT_EQ(broken, 0U);
    });
}

TEST(LongAccumulator, has_each_of_a_hundred_million_values_in_exactly_one_drain) {
    in_rounds([](std::uint64_t round) {
        LongAccumulator plus{[](std::int64_t a, std::int64_t b) { return a + b; }, 0};
        std::vector<Tally<std::int64_t>> given(lanes);
        std::atomic<std::int64_t> drained{0};

        Crew(round).work(
            2,
            [&](int lane, auto&, std::uint64_t i) {
                const std::int64_t x = mixed(i);
                plus.accumulate(x);
                given[static_cast<std::size_t>(lane)].sum += x;
            },
            [&] {
                const std::int64_t taken = plus.get_then_reset();
                ASSERT_GE(taken, 0);
                drained.fetch_add(taken);
            });

        std::int64_t all = 0;
        for (const auto& lane : given) all += lane.sum;
        EXPECT_EQ(drained.load() + plus.get(), all);
    });
}

TEST(LongAccumulator, of_maxima_gives_each_value_at_most_once_and_the_greatest_given_before) {
    constexpr std::int64_t none = -1;
    in_rounds([](std::uint64_t round) {
        LongAccumulator greatest{[](std::int64_t a, std::int64_t b) { return std::max(a, b); },
                                 none};
        std::vector<Tally<std::atomic<std::int64_t>>> given(lanes);
        std::vector<bool> taken_before(lanes * adds_a_lane);
        std::int64_t highest = none;
        const auto note = [&](std::int64_t taken) {
            if (taken == none) return;
            const auto at = static_cast<std::size_t>(taken);
            EXPECT_FALSE(taken_before[at]) << taken << " was in two drains";
            taken_before[at] = true;
            highest = std::max(highest, taken);
        };
        for (auto& lane : given) lane.sum = none;

        Crew(round).work(
            1,
            [&](int lane, auto&, std::uint64_t i) {
                const auto x = static_cast<std::int64_t>(i * lanes) + lane;
                greatest.accumulate(x);
                given[static_cast<std::size_t>(lane)].sum.store(x, std::memory_order_release);
            },
            [&] {
                std::int64_t least = none;
                for (const auto& lane : given) least = std::max(least, lane.sum.load());
                note(greatest.get_then_reset());
                ASSERT_GE(highest, least) << "a value was lost";
            });

        note(greatest.get_then_reset());
        EXPECT_EQ(highest, static_cast<std::int64_t>(lanes * adds_a_lane) - 1);
    });
}

}  // namespace
