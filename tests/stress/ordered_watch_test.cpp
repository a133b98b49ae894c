/// \file
/// A million changes of eight writers, told once each and in order. ATOMOS_ORDERED_CHANGES sets how many.
#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "support/together.hpp"

namespace {

using atomos::Atom;
using atomos::Delivery;
using atomos::testing::together;

constexpr int writers = 8;

std::uint64_t changes_of_each() {
    const char* const given = std::getenv("ATOMOS_ORDERED_CHANGES");
#if defined(NDEBUG)
    const std::uint64_t all = 1'000'000;
#else
    const std::uint64_t all = 100'000;
#endif
    return (given != nullptr ? std::stoull(given) : all) / writers;
}

/// What an ordered watch hears: it has to be one chain.
struct Chain {
    std::uint64_t last = 0;
    std::uint64_t broken = 0;
    std::atomic<int> inside{0};

    void operator()(const atomos::Snapshot<std::uint64_t>& old,
                    const atomos::Snapshot<std::uint64_t>& now) {
        if (inside.exchange(1) != 0 || *old != last || *now != last + 1) ++broken;
        last = *now;
        inside.store(0);
    }
};

TEST(OrderedWatch, hears_each_change_of_eight_writers_once_and_in_order) {
    Atom<std::uint64_t> atom{0};
    Chain chain;
    const std::uint64_t each = changes_of_each();
    atom.add_watch(
        "k", [&](const std::string&, auto&, const auto& old, const auto& now) { chain(old, now); },
        {.delivery = Delivery::ordered});

    together(writers, [&](int) {
        for (std::uint64_t i = 0; i < each; ++i) {
            atom.swap([](std::uint64_t n) { return n + 1; });
        }
    });

    EXPECT_EQ(chain.last, each * writers);
    EXPECT_EQ(chain.broken, 0U);
}

TEST(OrderedWatch, in_executors_that_run_anywhere_hears_each_change_once_and_in_order) {
    Atom<std::uint64_t> atom{0};
    Chain chain;
    const std::uint64_t each = changes_of_each() / 10;
    atomos::AtomicLong tasks{0};
    atom.add_watch(
        "k", [&](const std::string&, auto&, const auto& old, const auto& now) { chain(old, now); },
        {.delivery = Delivery::ordered, .executor = [&](std::function<void()> task) {
             // Every hundredth is dropped: what it should have told comes with the next change.
             if (tasks.increment_and_get() % 100 == 0) return;
             std::thread(std::move(task)).join();
         }});

    together(writers, [&](int) {
        for (std::uint64_t i = 0; i < each / 10; ++i) {
            atom.swap([](std::uint64_t n) { return n + 1; });
        }
    });
    tasks.set(0);
    atom.swap([](std::uint64_t n) { return n + 1; });

    EXPECT_EQ(chain.last, each / 10 * writers + 1);
    EXPECT_EQ(chain.broken, 0U);
}

}  // namespace
