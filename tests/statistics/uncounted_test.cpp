/// \file
/// What statistics() tells of a program that does not ask for it, or half of whose sources do.

#include <atomos/atomos.hpp>
#include <atomos/statistics.hpp>
#include <string>

#include "gtest/gtest.h"

namespace {

#if defined(MIXED)

TEST(MixedSources, are_refused_and_counted_in_the_refusal) {
    try {
        atomos::statistics();
        FAIL() << "statistics() answered";
    } catch (const atomos::Mismatch& refusal) {
        EXPECT_NE(std::string(refusal.what()).find("1 of 2 sources"), std::string::npos)
            << refusal.what();
    }
    EXPECT_THROW(atomos::reset_statistics(), atomos::Mismatch);
}

#else

TEST(Uncounted, a_program_without_the_switch_counts_nothing_and_says_so) {
    atomos::Atom<int> atom{0};
    atom.reset(1);
    atomos::reset_statistics();

    const auto told = atomos::statistics();

    EXPECT_FALSE(told.counted);
    EXPECT_EQ(told.attempts, 0U);
}

TEST(Uncounted, no_event_leaves_anything_for_the_machine_to_do) {
    constexpr bool at_compile_time = [] {
        atomos::detail::count(atomos::detail::Event::attempt);
        return true;
    }();

    EXPECT_TRUE(at_compile_time);
}

#endif

}  // namespace
