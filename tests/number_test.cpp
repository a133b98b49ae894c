/// \file
/// AtomicNumber: functions, orders, waits and conversions, which are the same for all types and
/// scopes.

#include <atomic>
#include <atomos/number.hpp>
#include <atomos/thread.hpp>
#include <chrono>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <type_traits>

#include "gtest/gtest.h"
#include "support/oracle.hpp"
#include "support/together.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::testing::together;

constinit atomos::AtomicLong made_before_main{42};
constinit atomos::AtomicFloat zero_before_main;

static_assert(std::is_same_v<atomos::AtomicInteger::value_type, std::int32_t>);
static_assert(std::is_same_v<atomos::AtomicLong::value_type, std::int64_t>);
static_assert(std::is_same_v<atomos::AtomicUInteger::value_type, std::uint32_t>);
static_assert(std::is_same_v<atomos::AtomicULong::value_type, std::uint64_t>);
static_assert(std::is_same_v<atomos::AtomicFloat::value_type, double>);
static_assert(!std::is_convertible_v<atomos::AtomicLong, std::int64_t>);
static_assert(std::is_constructible_v<std::int64_t, const atomos::AtomicLong&>);
static_assert(!std::is_copy_constructible_v<atomos::AtomicLong>);
static_assert(!std::is_copy_assignable_v<atomos::AtomicLong>);

TEST(NumberOfStaticStorage, is_initialised_without_running_code) {
    EXPECT_EQ(made_before_main.get(), 42);
    EXPECT_EQ(zero_before_main.get(), 0.0);
}

template <class Scope>
class NumberTest : public ::testing::Test {
  protected:
    using Long = atomos::AtomicNumber<std::int64_t, Scope>;

    template <class Wait>
    static auto woken_by_a_change(Wait wait) {
        Long number{0};
        decltype(wait(number)) result{};
        std::atomic<bool> begun{false};
        together(2, [&](int thread) {
            if (thread == 0) {
                begun = true;
                result = wait(number);
            } else {
                while (!begun) std::this_thread::yield();
                number.set(1);
                number.notify_all();
            }
        });
        return result;
    }
};
struct NumberScopeNames {
    template <class Scope>
    static std::string GetName(int) {
        return std::is_same_v<Scope, atomos::Threads> ? "Threads" : "Oracle";
    }
};
using Scopes = ::testing::Types<atomos::Threads, atomos::testing::Oracle>;
TYPED_TEST_SUITE(NumberTest, Scopes, NumberScopeNames);

TYPED_TEST(NumberTest, the_update_forms_give_the_value_after_or_the_value_before) {
    typename TestFixture::Long number{1};
    const auto twice = [](std::int64_t n) { return 2 * n; };

    EXPECT_EQ(number.update_and_get(twice), 2);
    EXPECT_EQ(number.get_and_update(twice), 2);
    EXPECT_EQ(number.accumulate_and_get(10, std::plus<>()), 14);
    EXPECT_EQ(number.get_and_accumulate(3, std::multiplies<>()), 14);
    EXPECT_EQ(number.get(), 42);
}

TYPED_TEST(NumberTest, a_function_that_throws_changes_nothing) {
    typename TestFixture::Long number{1};
    const auto fails = [](std::int64_t) -> std::int64_t { throw std::domain_error("no"); };

    EXPECT_THROW(number.update_and_get(fails), std::domain_error);
    EXPECT_THROW(number.get_and_update(fails), std::domain_error);
    EXPECT_THROW(number.try_update(fails), std::domain_error);

    EXPECT_EQ(number.get(), 1);
}

TYPED_TEST(NumberTest, a_function_whose_value_was_changed_meanwhile_runs_again) {
    typename TestFixture::Long number{1};
    int calls = 0;

    const auto now = number.update_and_get([&](std::int64_t n) {
        if (++calls == 1) number.set(10);
        return n + 1;
    });

    EXPECT_EQ(calls, 2);
    EXPECT_EQ(now, 11);
}

TYPED_TEST(NumberTest, try_update_that_refuses_changes_nothing_and_tells_what_stands) {
    typename TestFixture::Long number{1};
    const auto below_2 = [](std::int64_t n) {
        return n < 2 ? std::optional<std::int64_t>(n + 1) : std::nullopt;
    };

    const auto won = number.try_update(below_2);
    const auto refused = number.try_update(below_2);

    EXPECT_TRUE(won.won);
    EXPECT_EQ(won.now, 2);
    EXPECT_FALSE(refused.won);
    EXPECT_EQ(refused.now, 2);
}

TYPED_TEST(NumberTest, every_order_that_an_operation_can_have_is_taken) {
    typename TestFixture::Long number{0};
    for (const auto order : {std::memory_order_relaxed, std::memory_order_consume,
                             std::memory_order_acquire, std::memory_order_seq_cst}) {
        EXPECT_EQ(number.get(order), 0);
    }
    for (const auto order :
         {std::memory_order_relaxed, std::memory_order_release, std::memory_order_seq_cst}) {
        EXPECT_NO_THROW(number.set(0, order));
    }
    for (const auto order :
         {std::memory_order_relaxed, std::memory_order_consume, std::memory_order_acquire,
          std::memory_order_release, std::memory_order_acq_rel, std::memory_order_seq_cst}) {
        EXPECT_EQ(number.get_and_set(0, order), 0);
        EXPECT_TRUE(number.compare_and_set(0, 1, order));
        EXPECT_FALSE(number.compare_and_exchange(7, 8, order).won);
        EXPECT_EQ(number.add_and_get(4, order), 5);
        EXPECT_EQ(number.get_and_add(1, order), 5);
        EXPECT_EQ(number.subtract_and_get(1, order), 5);
        EXPECT_EQ(number.get_and_subtract(1, order), 5);
        EXPECT_EQ(number.increment_and_get(order), 5);
        EXPECT_EQ(number.get_and_increment(order), 5);
        EXPECT_EQ(number.decrement_and_get(order), 5);
        EXPECT_EQ(number.get_and_decrement(order), 5);
        EXPECT_EQ(number.bitwise_or_and_get(3, order), 7);
        EXPECT_EQ(number.bitwise_and_and_get(3, order), 3);
        EXPECT_EQ(number.bitwise_xor_and_get(1, order), 2);
        EXPECT_EQ(number.get_and_bitwise_or(1, order), 2);
        EXPECT_EQ(number.get_and_bitwise_and(1, order), 3);
        EXPECT_EQ(number.get_and_bitwise_xor(1, order), 1);
    }
}

TYPED_TEST(NumberTest, an_order_that_an_operation_cannot_have_is_refused_and_nothing_changes) {
    typename TestFixture::Long number{3};

    EXPECT_THROW(number.get(std::memory_order_release), std::invalid_argument);
    EXPECT_THROW(number.get(std::memory_order_acq_rel), std::invalid_argument);
    EXPECT_THROW(number.set(4, std::memory_order_acquire), std::invalid_argument);
    EXPECT_THROW(number.set(4, std::memory_order_consume), std::invalid_argument);
    EXPECT_THROW(number.set(4, std::memory_order_acq_rel), std::invalid_argument);

    EXPECT_EQ(number.get(), 3);
}

TYPED_TEST(NumberTest, a_wait_for_another_value_ends_at_once_if_there_is_one) {
    typename TestFixture::Long number{1};

    EXPECT_EQ(number.wait(0), 1);
    EXPECT_EQ(number.wait_for(0, 0s), std::optional<std::int64_t>(1));
    EXPECT_EQ(number.wait_until(0, std::chrono::steady_clock::time_point::min()),
              std::optional<std::int64_t>(1));
}

TYPED_TEST(NumberTest, without_a_change_a_wait_of_no_length_or_less_gives_nothing) {
    typename TestFixture::Long number{1};

    EXPECT_EQ(number.wait_for(1, 0s), std::nullopt);
    EXPECT_EQ(number.wait_for(1, -1h), std::nullopt);
    EXPECT_EQ(number.wait_for(1, std::chrono::nanoseconds::min()), std::nullopt);
    EXPECT_EQ(number.wait_until(1, std::chrono::system_clock::now()), std::nullopt);
    EXPECT_EQ(number.wait_until(1, std::chrono::steady_clock::time_point::min()), std::nullopt);
}

TYPED_TEST(NumberTest, without_a_change_a_wait_lasts_as_long_as_was_asked_for) {
    typename TestFixture::Long number{1};

    const auto before = std::chrono::steady_clock::now();
    const auto a = number.wait_for(1, 2ms);
    const auto b = number.wait_until(1, std::chrono::steady_clock::now() + 2ms);
    const auto waited = std::chrono::steady_clock::now() - before;

    EXPECT_FALSE(a || b);
    EXPECT_GE(waited, 4ms);
}

TYPED_TEST(NumberTest, a_waiter_is_woken_by_a_change_that_is_notified) {
    const auto now = TestFixture::woken_by_a_change([](auto& number) { return number.wait(0); });

    EXPECT_EQ(now, 1);
}

TYPED_TEST(NumberTest, a_wait_for_the_longest_time_there_is_waits_and_is_woken) {
    const auto spans = [](auto span) {
        return TestFixture::woken_by_a_change(
            [span](auto& number) { return number.wait_for(0, span).value_or(-1); });
    };
    const auto until = TestFixture::woken_by_a_change([](auto& number) {
        return number.wait_until(0, std::chrono::system_clock::time_point::max()).value_or(-1);
    });

    EXPECT_EQ(spans(std::chrono::nanoseconds::max()), 1);
    EXPECT_EQ(spans(std::chrono::hours::max()), 1);
    EXPECT_EQ(spans(std::chrono::days::max()), 1);
    EXPECT_EQ(until, 1);
}

TYPED_TEST(NumberTest, two_threads_that_notify_one_in_turn_never_miss_a_turn) {
    constexpr std::int64_t turns = 300;
    typename TestFixture::Long number{0};

    together(2, [&](int thread) {
        for (;;) {
            std::int64_t now = number.get();
            while (now < turns && now % 2 != thread) now = number.wait(now);
            if (now >= turns) return;
            number.increment_and_get();
            number.notify_one();
        }
    });

    EXPECT_EQ(number.get(), turns);
}

TYPED_TEST(NumberTest, no_addition_is_lost_among_threads) {
    typename TestFixture::Long number{0};
    std::atomic<std::int64_t> refused{0};

    together(3, [&](int thread) {
        for (int i = 0; i < 2000; ++i) {
            switch ((thread + i) % 4) {
                case 0:
                    number.increment_and_get();
                    break;
                case 1:
                    number.update_and_get([](std::int64_t n) { return n + 1; });
                    break;
                case 2:
                    number.checked_add_and_get(1);
                    break;
                default:
                    if (!number.try_add(1, 0, 4000)) ++refused;
            }
        }
    });

    EXPECT_EQ(number.get() + refused, 6000);
}

TYPED_TEST(NumberTest, try_add_takes_exactly_as_many_as_there_are) {
    typename TestFixture::Long left{1000};
    std::atomic<int> taken{0};

    together(3, [&](int) {
        while (left.try_add(-1, 0, 1000)) ++taken;
    });

    EXPECT_EQ(taken, 1000);
    EXPECT_EQ(left.get(), 0);
}

}  // namespace
