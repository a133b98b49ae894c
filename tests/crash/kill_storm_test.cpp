/// \file
/// Under load, processes are killed at random moments, by the thousand. ATOMOS_CRASH_KILLS says how
/// many, ATOMOS_SEED repeats a run as far as the machine does.
#include <gtest/gtest.h>

#include <iostream>

#include "crash/storm.hpp"
#include "crash/thorough.hpp"
#include "hazards/sanitizers.hpp"

namespace {

using crash::Storm;

long kills() {
    constexpr bool slow =
        !crash::optimised || hazards::address_sanitizer || hazards::thread_sanitizer;
    return crash::number_from_environment("ATOMOS_CRASH_KILLS", slow ? 200 : 1000);
}

TEST(KillStorm, of_one_after_another_loses_nothing) {
    Storm storm;

    ASSERT_EQ(storm.kill_one_by_one(kills()), "") << storm.report();

    EXPECT_EQ(storm.settle(), "") << storm.report();
    std::cout << storm.report() << '\n';
}

TEST(KillStorm, of_all_at_once_loses_nothing) {
    Storm storm;

    ASSERT_EQ(storm.kill_all(kills()), "") << storm.report();

    EXPECT_EQ(storm.settle(), "") << storm.report();
    std::cout << storm.report() << '\n';
}

}  // namespace
