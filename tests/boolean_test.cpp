/// \file
/// AtomicBoolean.

#include <atomic>
#include <atomos/boolean.hpp>
#include <atomos/thread.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "gtest/gtest.h"
#include "support/oracle.hpp"
#include "support/together.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::testing::together;

constinit atomos::AtomicBoolean made_before_main{true};

static_assert(!std::is_convertible_v<atomos::AtomicBoolean, bool>);
static_assert(sizeof(atomos::AtomicBoolean) == 1);
static_assert(!std::is_copy_constructible_v<atomos::AtomicBoolean>);

TEST(BooleanOfStaticStorage, is_initialised_without_running_code) {
    EXPECT_TRUE(made_before_main.get());
}

template <class Scope>
class BooleanTest : public ::testing::Test {
  protected:
    using Boolean = atomos::BasicAtomicBoolean<Scope>;
};
struct BooleanScopeNames {
    template <class Scope>
    static std::string GetName(int) {
        return std::is_same_v<Scope, atomos::Threads> ? "Threads" : "Oracle";
    }
};
using Scopes = ::testing::Types<atomos::Threads, atomos::testing::Oracle>;
TYPED_TEST_SUITE(BooleanTest, Scopes, BooleanScopeNames);

TYPED_TEST(BooleanTest, is_false_unless_it_is_made_true) {
    typename TestFixture::Boolean unset;
    typename TestFixture::Boolean set{true};

    EXPECT_FALSE(unset.get());
    EXPECT_TRUE(set.get());
    EXPECT_TRUE(static_cast<bool>(set));
}

TYPED_TEST(BooleanTest, set_get_and_set_and_toggle_change_it) {
    typename TestFixture::Boolean boolean;

    boolean.set(true);
    EXPECT_TRUE(boolean.get_and_set(false));
    EXPECT_FALSE(boolean.get_and_toggle());
    EXPECT_TRUE(boolean.get_and_toggle());
    EXPECT_FALSE(boolean.get());
}

TYPED_TEST(BooleanTest, a_comparison_replaces_only_what_is_expected_and_tells_what_stands) {
    typename TestFixture::Boolean boolean{false};

    EXPECT_FALSE(boolean.compare_and_set(true, false));
    EXPECT_TRUE(boolean.compare_and_set(false, true));
    const auto lost = boolean.compare_and_exchange(false, true);
    const auto won = boolean.compare_and_exchange(true, false);

    EXPECT_FALSE(lost.won);
    EXPECT_TRUE(lost.now);
    EXPECT_TRUE(won.won);
    EXPECT_FALSE(won.now);
}

TYPED_TEST(BooleanTest, orders_are_taken_or_refused_as_the_operation_can_have_them) {
    typename TestFixture::Boolean boolean{false};

    EXPECT_FALSE(boolean.get(std::memory_order_relaxed));
    EXPECT_FALSE(boolean.get(std::memory_order_acquire));
    boolean.set(true, std::memory_order_release);
    EXPECT_TRUE(boolean.get_and_set(true, std::memory_order_acq_rel));
    EXPECT_TRUE(boolean.get_and_toggle(std::memory_order_relaxed));
    EXPECT_THROW(boolean.get(std::memory_order_release), std::invalid_argument);
    EXPECT_THROW(boolean.set(true, std::memory_order_acquire), std::invalid_argument);
    EXPECT_FALSE(boolean.get());
}

TYPED_TEST(BooleanTest, exactly_one_thread_is_the_first_to_set_it) {
    for (int round = 0; round < 100; ++round) {
        typename TestFixture::Boolean boolean;
        std::atomic<int> firsts{0};

        together(3, [&](int) {
            if (!boolean.get_and_set(true)) ++firsts;
        });

        ASSERT_EQ(firsts, 1);
    }
}

TYPED_TEST(BooleanTest, no_toggle_is_lost_among_threads) {
    typename TestFixture::Boolean boolean;
    std::atomic<int> found_false{0};

    together(3, [&](int) {
        for (int i = 0; i < 1001; ++i) {
            if (!boolean.get_and_toggle()) ++found_false;
        }
    });

    EXPECT_TRUE(boolean.get());
    EXPECT_EQ(found_false, 1502);
}

TYPED_TEST(BooleanTest, a_waiter_is_woken_and_a_limit_ends_a_wait) {
    typename TestFixture::Boolean boolean;
    bool woken = false;

    EXPECT_EQ(boolean.wait_for(false, 1ms), std::nullopt);
    EXPECT_EQ(boolean.wait_for(true, 0ms), std::optional<bool>(false));
    EXPECT_EQ(boolean.wait_until(false, std::chrono::steady_clock::now()), std::nullopt);
    together(2, [&](int thread) {
        if (thread == 0) {
            woken = boolean.wait(false);
        } else {
            boolean.set(true);
            boolean.notify_one();
        }
    });

    EXPECT_TRUE(woken);
}

}  // namespace
