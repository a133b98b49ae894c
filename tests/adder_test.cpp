/// \file
/// LongAdder, DoubleAdder and accumulators: sums, drains, threads that come and go, forks, signals, limits.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <atomos/atomos.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include "hazards/child.hpp"
#include "hazards/sanitizers.hpp"
#include "support/together.hpp"

namespace {

using atomos::DoubleAccumulator;
using atomos::DoubleAdder;
using atomos::LongAccumulator;
using atomos::LongAdder;
using atomos::testing::on_another_thread;
using atomos::testing::together;

struct Max {
    std::int64_t operator()(std::int64_t a, std::int64_t b) const { return std::max(a, b); }
};

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

TEST(LongAdder, counts_up_and_down_and_begins_again) {
    LongAdder adder;

    adder.add(5);
    adder.increment();
    adder.decrement();
    adder.decrement();

    EXPECT_EQ(adder.sum(), 4);
    EXPECT_EQ(static_cast<std::int64_t>(adder), 4);
    EXPECT_EQ(adder.sum_then_reset(), 4);
    EXPECT_EQ(adder.sum_then_reset(), 0);
    adder.add(3);
    adder.reset();
    EXPECT_EQ(adder.sum(), 0);
}

TEST(LongAdder, wraps_around) {
    LongAdder adder;
    adder.add(highest);

    on_another_thread([&] { adder.increment(); });

    EXPECT_EQ(adder.sum(), lowest);
    EXPECT_EQ(adder.sum_then_reset(), lowest);
    EXPECT_EQ(adder.sum(), 0);
}

TEST(LongAdder, keeps_the_adds_of_threads_that_have_ended) {
    LongAdder adder;

    for (int i = 0; i < 50; ++i) on_another_thread([&] { adder.add(2); });

    EXPECT_EQ(adder.sum(), 100);
}

TEST(LongAdder, begins_at_0_where_another_one_has_ended) {
    for (int i = 0; i < 100; ++i) {
        LongAdder adder;
        LongAccumulator<Max> accumulator{Max{}, lowest};
        on_another_thread([&] {
            adder.add(7);
            accumulator.accumulate(9);
        });
        adder.add(7);

        ASSERT_EQ(adder.sum(), 14);
        ASSERT_EQ(accumulator.get(), 9);
    }
}

TEST(LongAdder, has_every_add_in_exactly_one_drain_while_threads_come_and_go) {
    constexpr int adds = 20'000;
    LongAdder adder;
    LongAdder ended;
    std::atomic<std::int64_t> drained{0};

    together(4, [&](int thread) {
        if (thread == 0) {
            while (ended.sum() != 3 * 10) {
                const std::int64_t taken = adder.sum_then_reset();
                EXPECT_GE(taken, 0);
                drained += taken;
            }
            return;
        }
        for (int i = 0; i < 10; ++i) {
            std::thread([&] {
                for (int k = 0; k < adds; ++k) adder.increment();
            }).join();
            ended.increment();
        }
    });

    EXPECT_EQ(drained + adder.sum(), std::int64_t{3} * 10 * adds);
}

TEST(LongAdder, beyond_the_last_word_shares_one_and_loses_nothing) {
    std::vector<std::unique_ptr<LongAdder>> many;
    while (many.size() < atomos::detail::Slabs::words + 10) {
        many.push_back(std::make_unique<LongAdder>());
    }

    together(2, [&](int) {
        for (int i = 0; i < 1000; ++i) {
            many.back()->increment();
            many.front()->increment();
        }
    });

    EXPECT_EQ(many.back()->sum_then_reset(), 2000);
    EXPECT_EQ(many.front()->sum_then_reset(), 2000);
    DoubleAdder none_left;
    none_left.add(0.5);
    EXPECT_EQ(none_left.sum_then_reset(), 0.5);
    LongAccumulator<Max> accumulator{Max{}, -1};
    accumulator.accumulate(8);
    EXPECT_EQ(accumulator.get_then_reset(), 8);
}

TEST(LongAdder, loses_nothing_where_a_thread_gets_no_slab) {
    if (hazards::thread_sanitizer || hazards::address_sanitizer) {
        GTEST_SKIP() << "a sanitizer needs address space of its own";
    }
    EXPECT_TRUE(hazards::ended_well(hazards::status_of_child([] {
        LongAdder adder;
        DoubleAdder doubles;
        // A new thread, which has no slab yet.
        std::thread([&] {
            const rlimit none{0, 0};
            setrlimit(RLIMIT_AS, &none);
            for (int i = 0; i < 100; ++i) {
                adder.increment();
                doubles.add(0.25);
            }
        }).join();
        return adder.sum() == 100 && doubles.sum_then_reset() == 25 ? 0 : 1;
    })));
}

TEST(LongAdder, keeps_the_adds_of_the_vanished_threads_in_a_forks_child) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer does not follow a fork";
    LongAdder adder;
    std::atomic<int> added{0};
    std::atomic<bool> finish{false};
    std::thread other([&] {
        adder.add(40);
        added = 1;
        while (!finish) std::this_thread::yield();
    });
    while (added == 0) std::this_thread::yield();
    adder.add(2);

    EXPECT_TRUE(hazards::ended_well(hazards::status_of_child([&] {
        if (adder.sum() != 42) return 1;
        std::thread([&] { adder.add(8); }).join();
        return adder.sum_then_reset() == 50 && adder.sum() == 0 ? 0 : 2;
    })));
    finish = true;
    other.join();
    EXPECT_EQ(adder.sum(), 42);
}

LongAdder* interrupted_long = nullptr;
DoubleAdder* interrupted_double = nullptr;
std::atomic<long> handled{0};

TEST(LongAdder, and_double_adder_lose_nothing_to_handlers_that_interrupt_adds) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer holds signals back";
    LongAdder adder;
    DoubleAdder doubles;
    interrupted_long = &adder;
    interrupted_double = &doubles;
    struct sigaction action{};
    action.sa_handler = [](int) {
        interrupted_long->increment();
        interrupted_double->add(1);
        handled.fetch_add(1);
    };
    sigaction(SIGUSR1, &action, nullptr);
    std::atomic<bool> finish{false};
    const pthread_t target = pthread_self();
    std::thread sender([&] {
        while (!finish) pthread_kill(target, SIGUSR1);
    });

    long adds = 0;
    for (; handled < 5000; ++adds) {
        adder.increment();
        doubles.add(1);
    }
    finish = true;
    sender.join();

    EXPECT_EQ(adder.sum(), adds + handled);
    EXPECT_EQ(doubles.sum(), static_cast<double>(adds + handled));
    signal(SIGUSR1, SIG_IGN);
}

TEST(DoubleAdder, compensates) {
    DoubleAdder adder;
    for (int i = 0; i < 1'000'000; ++i) adder.add(0.1);

    EXPECT_EQ(adder.sum(), 100'000.0);
    EXPECT_EQ(static_cast<double>(adder), 100'000.0);

    adder.add(1e100);
    adder.add(-1e100);
    EXPECT_EQ(adder.sum_then_reset(), 100'000.0);
}

TEST(DoubleAdder, has_nothing_of_what_was_drained_in_later_sums) {
    DoubleAdder adder;
    adder.add(1e300);
    EXPECT_EQ(adder.sum_then_reset(), 1e300);
    for (int i = 0; i < 1'000'000; ++i) adder.add(0.1);
    EXPECT_EQ(adder.sum_then_reset(), 100'000.0);

    adder.add(std::numeric_limits<double>::quiet_NaN());
    EXPECT_TRUE(std::isnan(adder.sum_then_reset()));
    adder.add(std::numeric_limits<double>::infinity());
    EXPECT_EQ(adder.sum(), std::numeric_limits<double>::infinity());
    adder.add(-std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(adder.sum_then_reset()));
    EXPECT_EQ(adder.sum(), 0.0);
}

TEST(DoubleAdder, has_every_add_in_exactly_one_drain) {
    constexpr int adds = 100'000;
    DoubleAdder adder;
    double drained = 0;

    together(3, [&](int thread) {
        for (int i = 0; thread != 0 && i < adds; ++i) adder.add(1);
        for (int i = 0; thread == 0 && i < 2000; ++i) drained += adder.sum_then_reset();
    });

    EXPECT_EQ(drained + adder.sum(), 2.0 * adds);
}

TEST(Accumulator, gathers_with_its_operation_and_begins_again_at_the_identity) {
    LongAccumulator longest{[](std::int64_t a, std::int64_t b) { return std::max(a, b); }, lowest};
    DoubleAccumulator product{[](double a, double b) { return a * b; }, 1.0};
    EXPECT_EQ(longest.get(), lowest);

    together(3, [&](int thread) {
        longest.accumulate(thread);
        product.accumulate(2.0);
    });

    EXPECT_EQ(longest.get(), 2);
    EXPECT_EQ(longest.get_then_reset(), 2);
    EXPECT_EQ(longest.get(), lowest);
    EXPECT_EQ(static_cast<double>(product), 8.0);
    product.reset();
    EXPECT_EQ(product.get(), 1.0);
}

TEST(Accumulator, has_every_value_in_exactly_one_drain) {
    constexpr int values = 100'000;
    LongAccumulator plus{[](std::int64_t a, std::int64_t b) { return a + b; }, 0};
    std::int64_t drained = 0;

    together(3, [&](int thread) {
        for (int i = 0; thread != 0 && i < values; ++i) plus.accumulate(1);
        for (int i = 0; thread == 0 && i < 2000; ++i) drained += plus.get_then_reset();
    });

    EXPECT_EQ(drained + plus.get(), 2 * values);
}

TEST(Accumulator, passes_what_its_operation_throws_and_changes_nothing) {
    LongAccumulator picky{[](std::int64_t a, std::int64_t b) {
                              if (b < 0) throw b;
                              return a + b;
                          },
                          0};
    picky.accumulate(4);

    EXPECT_THROW(picky.accumulate(-1), std::int64_t);

    EXPECT_EQ(picky.get(), 4);
}

}  // namespace
