/// \file
/// What statistics() tells of a program that is compiled with ATOMOS_STATISTICS.

#include <atomic>
#include <atomos/atomos.hpp>
#include <atomos/statistics.hpp>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "support/together.hpp"

namespace {

using atomos::Atom;
using atomos::AtomicReference;
using atomos::statistics;
using atomos::testing::together;

class Statistics : public ::testing::Test {
  protected:
    void SetUp() override {
        atomos::collect();
        atomos::reset_statistics();
    }
};

TEST_F(Statistics, say_that_this_program_counts) { EXPECT_TRUE(statistics().counted); }

TEST_F(Statistics, count_an_attempt_for_each_change_that_nobody_disturbs) {
    Atom<int> atom{0};
    AtomicReference<std::string> reference{"a"};

    for (int i = 0; i < 10; ++i) atom.swap([](int n) { return n + 1; });
    reference.set("b");

    EXPECT_EQ(statistics().attempts, 11U);
    EXPECT_EQ(statistics().losses, 0U);
}

TEST_F(Statistics, count_a_loss_where_another_version_stands) {
    AtomicReference<int> reference{0};
    const auto seen = reference.get();
    reference.set(1);

    reference.compare_and_set(seen, 2);

    EXPECT_EQ(statistics().attempts, 2U);
    EXPECT_EQ(statistics().losses, 1U);
}

TEST_F(Statistics, count_nothing_for_looks) {
    Atom<int> atom{0};

    atom.deref();
    atom.read([](int) {});

    EXPECT_EQ(statistics().attempts, 0U);
}

TEST_F(Statistics, count_no_fewer_attempts_than_changes_of_rivals_and_the_rest_as_losses) {
    constexpr int rounds = 2000;
    Atom<int> atom{0};

    together(4, [&](int) {
        for (int i = 0; i < rounds; ++i) atom.swap([](int n) { return n + 1; });
    });

    const auto told = statistics();
    EXPECT_EQ(*atom.deref(), 4 * rounds);
    EXPECT_EQ(told.attempts - told.losses, 4U * rounds);
}

TEST_F(Statistics, tell_how_many_replaced_values_wait) {
    constexpr int rounds = 100;
    Atom<int> atom{0};
    std::vector<atomos::Snapshot<int>> kept;

    together(2, [&](int thread) {
        if (thread == 0) {
            for (int i = 0; i < rounds; ++i) atom.swap([](int n) { return n + 1; });
        }
    });
    kept.push_back(atom.deref());
    atom.reset(0);
    const auto held = atomos::collect();

    EXPECT_EQ(statistics().waiting, held);

    kept.clear();
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(statistics().waiting, 0U);
}

TEST_F(Statistics, count_calls_of_watches_and_those_that_threw) {
    Atom<int> atom{0};
    atom.add_watch("sound", [](const std::string&, auto&, int, int) {});
    atom.add_watch("broken", [](const std::string&, auto&, int, int) { throw 42; });

    EXPECT_THROW(atom.reset(1), atomos::WatchError);
    EXPECT_THROW(atom.reset(2), atomos::WatchError);

    EXPECT_EQ(statistics().watch_calls, 4U);
    EXPECT_EQ(statistics().watch_errors, 2U);
}

TEST_F(Statistics, begin_again_when_they_are_reset) {
    Atom<int> atom{0};
    atom.add_watch("k", [](const std::string&, auto&, int, int) {});
    atom.reset(1);

    atomos::reset_statistics();

    EXPECT_EQ(statistics().attempts, 0U);
    EXPECT_EQ(statistics().watch_calls, 0U);
}

}  // namespace
