/// \file
/// What numbers and truth values promise of updates that may be refused, bounded, or given up.

#include <atomic>
#include <atomos/boolean.hpp>
#include <atomos/number.hpp>
#include <atomos/options.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::TryOptions;
using atomos::testing::together;

template <class Scope>
class BoundedLaws : public laws::Law<Scope> {
  protected:
    using Makes = laws::Made<Scope>;

    static constexpr double inf = std::numeric_limits<double>::infinity();
    static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    static constexpr double most = std::numeric_limits<double>::max();

    static auto number(std::int64_t initial) { return Makes::number(initial); }
    static auto real(double initial) { return Makes::number(initial); }
};
TYPED_TEST_SUITE(BoundedLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(BoundedLaws, set_if_less_and_set_if_greater_set_exactly_where_that_holds) {
    auto number = TestFixture::number(10);

    EXPECT_FALSE(number.set_if_less(10));
    EXPECT_FALSE(number.set_if_less(11));
    EXPECT_FALSE(number.set_if_greater(10));
    EXPECT_FALSE(number.set_if_greater(9));
    EXPECT_EQ(number.get(), 10);
    EXPECT_TRUE(number.set_if_less(9));
    EXPECT_EQ(number.get(), 9);
    EXPECT_TRUE(number.set_if_greater(12));
    EXPECT_EQ(number.get(), 12);
}

TYPED_TEST(BoundedLaws, a_nan_is_neither_less_nor_greater_and_is_neither_replaced_so) {
    auto number = TestFixture::real(1);

    EXPECT_FALSE(number.set_if_less(TestFixture::nan));
    EXPECT_FALSE(number.set_if_greater(TestFixture::nan));
    EXPECT_EQ(number.get(), 1);
    number.set(TestFixture::nan);
    EXPECT_FALSE(number.set_if_less(-TestFixture::inf));
    EXPECT_FALSE(number.set_if_greater(TestFixture::inf));
    EXPECT_TRUE(std::isnan(number.get()));
    number.set(0.0);
    EXPECT_FALSE(number.set_if_less(-0.0));
}

TYPED_TEST(BoundedLaws, of_all_that_is_offered_the_greatest_stands_and_each_setting_was_a_rise) {
    auto number = TestFixture::number(0);
    std::atomic<int> rises{0};

    together(3, [&](int thread) {
        for (int i = 1; i <= 1000; ++i) {
            if (number.set_if_greater(3 * i + thread)) ++rises;
        }
    });

    EXPECT_EQ(number.get(), 3002);
    EXPECT_GE(rises, 1000);
    EXPECT_LE(rises, 3000);
}

TYPED_TEST(BoundedLaws, try_add_of_reals_keeps_to_the_bounds_and_changes_nothing_else) {
    auto number = TestFixture::real(1);

    EXPECT_EQ(number.try_add(0.5, 0, 2), std::optional<double>(1.5));
    EXPECT_EQ(number.try_add(0.5, 0, 2), std::optional<double>(2));
    EXPECT_EQ(number.try_add(0.25, 0, 2), std::nullopt);
    EXPECT_EQ(number.try_add(-3, 0, 2), std::nullopt);
    EXPECT_EQ(number.try_add(TestFixture::nan, 0, 2), std::nullopt);
    EXPECT_EQ(number.get(), 2);
}

TYPED_TEST(BoundedLaws, try_add_of_reals_refuses_what_overflows_and_what_is_no_number) {
    auto number = TestFixture::real(TestFixture::most);
    const double infinity = TestFixture::inf;

    EXPECT_EQ(number.try_add(TestFixture::most, -infinity, infinity), std::nullopt);
    EXPECT_EQ(number.get(), TestFixture::most);
    EXPECT_EQ(number.try_add(infinity, -infinity, infinity), std::optional<double>(infinity));
    EXPECT_EQ(number.try_add(-infinity, -infinity, infinity), std::nullopt);
    EXPECT_EQ(number.get(), infinity);
    number.set(TestFixture::nan);
    EXPECT_EQ(number.try_add(1, -infinity, infinity), std::nullopt);
    EXPECT_TRUE(std::isnan(number.get()));
}

TYPED_TEST(BoundedLaws, add_clamped_of_reals_stops_at_the_bounds) {
    auto number = TestFixture::real(1);

    EXPECT_EQ(number.add_clamped(0.5, 0, 2), 1.5);
    EXPECT_EQ(number.add_clamped(10, 0, 2), 2);
    EXPECT_EQ(number.add_clamped(-TestFixture::inf, 0, 2), 0);
    EXPECT_EQ(number.add_clamped(TestFixture::nan, 0, 2), 0);
    number.set(TestFixture::most);
    EXPECT_EQ(number.add_clamped(TestFixture::most, 0, TestFixture::most), TestFixture::most);
    number.set(TestFixture::nan);
    EXPECT_TRUE(std::isnan(number.add_clamped(1, 0, 2)));
}

TYPED_TEST(BoundedLaws, bounds_that_are_no_range_are_refused_with_both_numbers) {
    auto number = TestFixture::real(1);
    auto integer = TestFixture::number(1);
    std::string said;

    try {
        integer.try_add(1, 5, 3);
    } catch (const std::invalid_argument& error) {
        said = error.what();
    }

    EXPECT_EQ(said, "try_add: lo is 5 and hi is 3; lo <= hi is needed");
    EXPECT_THROW(number.add_clamped(1, 2, 1), std::invalid_argument);
    EXPECT_THROW(number.try_add(1, TestFixture::nan, 1), std::invalid_argument);
    EXPECT_THROW(number.add_clamped(1, 0, TestFixture::nan), std::invalid_argument);
    EXPECT_EQ(number.get(), 1);
    EXPECT_EQ(integer.get(), 1);
}

TYPED_TEST(BoundedLaws, an_update_with_a_limit_runs_so_often_and_no_more) {
    auto number = TestFixture::number(0);
    int calls = 0;
    const auto overtaken = [&](std::int64_t n) {
        ++calls;
        number.increment_and_get();
        return std::optional<std::int64_t>(n + 100);
    };

    const auto [won, now] = number.try_update(TryOptions{.tries = 3}, overtaken);

    EXPECT_FALSE(won);
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(now, 3);
    EXPECT_EQ(number.get(), 3);
}

TYPED_TEST(BoundedLaws, an_update_whose_time_is_over_gives_up_after_the_first_lost_race) {
    auto number = TestFixture::number(0);
    int calls = 0;
    const auto overtaken = [&](std::int64_t n) {
        ++calls;
        number.increment_and_get();
        return std::optional<std::int64_t>(n + 100);
    };

    const auto attempt = number.try_update(TryOptions{.within = 0ns}, overtaken);

    EXPECT_FALSE(attempt.won);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(attempt.now, 1);
}

TYPED_TEST(BoundedLaws, an_update_that_nobody_overtakes_is_made_whatever_the_limits) {
    auto number = TestFixture::number(1);
    const auto twice = [](std::int64_t n) { return std::optional<std::int64_t>(2 * n); };
    const auto never = [](std::int64_t) { return std::optional<std::int64_t>(); };

    EXPECT_TRUE(number.try_update(TryOptions{.tries = 1}, twice).won);
    EXPECT_TRUE(number.try_update(TryOptions{.within = 0ns}, twice).won);
    EXPECT_EQ(number.try_update(TryOptions{}, twice).now, 8);
    EXPECT_FALSE(number.try_update(TryOptions{}, never).won);
    EXPECT_EQ(number.get(), 8);
}

TYPED_TEST(BoundedLaws, limits_that_make_no_sense_are_refused_before_the_function_runs) {
    auto number = TestFixture::number(1);
    int calls = 0;
    const auto counted = [&](std::int64_t n) {
        ++calls;
        return std::optional<std::int64_t>(n);
    };

    EXPECT_THROW(number.try_update(TryOptions{.tries = 0}, counted), std::invalid_argument);
    EXPECT_THROW(number.try_update(TryOptions{.within = -1ns}, counted), std::invalid_argument);

    EXPECT_EQ(calls, 0);
}

TYPED_TEST(BoundedLaws, truth_values_have_the_update_forms_too) {
    auto truth = TestFixture::Makes::boolean(false);
    const auto negate = [](bool b) { return !b; };
    const auto only_up = [](bool b) { return b ? std::nullopt : std::optional<bool>(true); };

    EXPECT_TRUE(truth.update_and_get(negate));
    EXPECT_TRUE(truth.get_and_update(negate));
    EXPECT_TRUE(truth.try_update(only_up).won);
    const auto refused = truth.try_update(TryOptions{.tries = 2}, only_up);
    EXPECT_FALSE(refused.won);
    EXPECT_TRUE(refused.now);
    EXPECT_FALSE(truth.accumulate_and_get(true, [](bool a, bool b) { return a != b; }));
    EXPECT_FALSE(truth.get_and_accumulate(true, [](bool a, bool b) { return a || b; }));
    EXPECT_TRUE(truth.get());
}

}  // namespace
