/// \file
/// The checker itself: it accepts what could have happened in turn, and nothing else.

#include "support/linearizability.hpp"

#include <algorithm>

#include "gtest/gtest.h"
#include "support/history.hpp"
#include "support/register.hpp"

namespace {

using atomos::testing::History;
using atomos::testing::is_linearizable;
using atomos::testing::Register;
using Verb = Register::Verb;
using Result = Register::Result;

/// Operations in a row: `one(thread, begin, end, what it was, what it gave)`.
auto one(int thread, std::uint64_t invoked, std::uint64_t responded, Register::Operation operation,
         Result result) {
    return History<Register>::value_type{thread, operation, result, invoked, responded};
}

auto get(int thread, std::uint64_t invoked, std::uint64_t responded, int value) {
    return one(thread, invoked, responded, {Verb::get}, {value, 0});
}

auto set(int thread, std::uint64_t invoked, std::uint64_t responded, int value) {
    return one(thread, invoked, responded, {Verb::set, value}, {});
}

auto add(int thread, std::uint64_t invoked, std::uint64_t responded, int x, int after) {
    return one(thread, invoked, responded, {Verb::add_and_get, x}, {0, after});
}

TEST(Linearizability, accepts_an_empty_history) { EXPECT_TRUE(is_linearizable<Register>({}, 0)); }

TEST(Linearizability, accepts_what_one_thread_does_in_turn) {
    EXPECT_TRUE(
        is_linearizable<Register>({set(0, 1, 2, 5), get(0, 3, 4, 5), add(0, 5, 6, 1, 6)}, 0));
}

TEST(Linearizability, rejects_a_value_that_nobody_wrote) {
    EXPECT_FALSE(is_linearizable<Register>({set(0, 1, 4, 5), get(1, 2, 3, 7)}, 0));
}

TEST(Linearizability, rejects_a_read_of_the_value_before_a_write_that_had_ended) {
    EXPECT_FALSE(is_linearizable<Register>({set(0, 1, 2, 5), get(1, 3, 4, 0)}, 0));
}

TEST(Linearizability, accepts_either_value_while_the_write_is_under_way) {
    EXPECT_TRUE(is_linearizable<Register>({set(0, 1, 4, 5), get(1, 2, 3, 0)}, 0));
    EXPECT_TRUE(is_linearizable<Register>({set(0, 1, 4, 5), get(1, 2, 3, 5)}, 0));
}

TEST(Linearizability, rejects_reads_that_go_back) {
    EXPECT_TRUE(is_linearizable<Register>({set(0, 1, 9, 5), get(1, 2, 3, 0), get(1, 4, 5, 5)}, 0));
    EXPECT_FALSE(is_linearizable<Register>({set(0, 1, 9, 5), get(1, 2, 3, 5), get(1, 4, 5, 0)}, 0));
}

TEST(Linearizability, rejects_reads_of_two_threads_that_disagree_on_the_order_of_two_writes) {
    const History<Register> agreed{set(0, 1, 20, 1), set(1, 2, 21, 2), get(2, 3, 4, 1),
                                   get(2, 5, 6, 2), get(3, 7, 8, 2)};
    const History<Register> disagreed{set(0, 1, 20, 1), set(1, 2, 21, 2), get(2, 3, 6, 1),
                                      get(3, 4, 5, 2),  get(2, 7, 10, 2), get(3, 8, 9, 1)};

    EXPECT_TRUE(is_linearizable<Register>(agreed, 0));
    EXPECT_FALSE(is_linearizable<Register>(disagreed, 0));
}

TEST(Linearizability, rejects_a_lost_update) {
    EXPECT_TRUE(is_linearizable<Register>({add(0, 1, 3, 1, 1), add(1, 2, 4, 1, 2)}, 0));
    EXPECT_TRUE(is_linearizable<Register>({add(0, 1, 3, 1, 2), add(1, 2, 4, 1, 1)}, 0));
    EXPECT_FALSE(is_linearizable<Register>({add(0, 1, 3, 1, 1), add(1, 2, 4, 1, 1)}, 0));
}

TEST(Linearizability, rejects_two_winners_of_one_compare_and_set) {
    const auto won = [](int thread) {
        return one(thread, static_cast<std::uint64_t>(1 + thread),
                   static_cast<std::uint64_t>(11 + thread), {Verb::compare_and_set, 1 + thread, 0},
                   {1, 0});
    };

    EXPECT_TRUE(is_linearizable<Register>({won(0)}, 0));
    EXPECT_FALSE(is_linearizable<Register>({won(0), won(1)}, 0));
}

TEST(Linearizability, lets_an_operation_that_never_returned_have_taken_effect_or_not) {
    auto killed = set(0, 1, 0, 5);
    killed.result.reset();

    EXPECT_TRUE(is_linearizable<Register>({killed, get(1, 2, 3, 0), get(1, 4, 5, 0)}, 0));
    EXPECT_TRUE(is_linearizable<Register>({killed, get(1, 2, 3, 0), get(1, 4, 5, 5)}, 0));
    EXPECT_FALSE(is_linearizable<Register>({killed, get(1, 2, 3, 5), get(1, 4, 5, 0)}, 0));
}

TEST(Linearizability, an_operation_that_never_returned_has_no_effect_before_it_began) {
    auto killed = set(0, 10, 0, 5);
    killed.result.reset();

    EXPECT_FALSE(is_linearizable<Register>({get(1, 2, 3, 5), killed}, 0));
}

TEST(Linearizability, accepts_every_random_history_that_had_an_order) {
    for (std::uint64_t round = 0; round < 200; ++round) {
        auto random = atomos::testing::random_stream(round);
        History<Register> history;
        int state = 0;
        // Each takes effect at 1000 * i and is stretched around that moment.
        for (std::uint64_t i = 1; i <= 14; ++i) {
            const auto operation = Register::random(random);
            const auto result = Register::apply(state, operation);
            history.push_back(
                one(static_cast<int>(i), 1000 * i - atomos::testing::below(random, 900),
                    1000 * i + atomos::testing::below(random, 4000), operation, result));
        }
        std::shuffle(history.begin(), history.end(), random);

        ASSERT_TRUE(is_linearizable<Register>(history, 0)) << history;
    }
}

TEST(Linearizability, rejects_every_random_history_with_one_read_of_a_value_that_never_was) {
    for (std::uint64_t round = 0; round < 50; ++round) {
        auto random = atomos::testing::random_stream(1000 + round);
        History<Register> history;
        int state = 0;
        for (std::uint64_t i = 1; i <= 12; ++i) {
            const auto operation = Register::random(random);
            const auto result = Register::apply(state, operation);
            history.push_back(
                one(static_cast<int>(i), 1000 * i - atomos::testing::below(random, 900),
                    1000 * i + atomos::testing::below(random, 4000), operation, result));
        }
        history.push_back(get(99, 1, 20000, 77));

        ASSERT_FALSE(is_linearizable<Register>(history, 0)) << history;
    }
}

TEST(Linearizability, decides_long_histories_of_few_threads) {
    int state = 0;
    History<Register> history;
    for (std::uint64_t i = 0; i < 300; ++i) {
        const Register::Operation operation{Verb::add_and_get, 1};
        history.push_back(one(static_cast<int>(i % 3), 10 * i + 1, 10 * i + 25, operation,
                              Register::apply(state, operation)));
    }

    EXPECT_TRUE(is_linearizable<Register>(history, 0));
    std::swap(history[100].result, history[200].result);
    EXPECT_FALSE(is_linearizable<Register>(history, 0));
}

}  // namespace
