/// \file
/// What AtomicReference promises of its update forms, and of comparisons by value that a rival
/// breaks into.

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::testing::on_another_thread;

template <class Scope>
class ReferenceUpdateLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(ReferenceUpdateLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(ReferenceUpdateLaws, a_nan_equals_nothing_and_can_be_updated) {
    auto reference = TestFixture::Makes::reference(std::numeric_limits<double>::quiet_NaN());
    int calls = 0;

    const bool won = reference.compare_and_set(std::nan(""), 1.0);
    const auto now = reference.update_and_get([&](double) {
        ++calls;
        return 2.0;
    });

    EXPECT_FALSE(won);
    EXPECT_EQ(*now, 2.0);
    EXPECT_EQ(calls, 1);
}

TYPED_TEST(ReferenceUpdateLaws, the_update_forms_give_the_value_after_or_the_value_before) {
    auto reference = TestFixture::Makes::reference(1);
    const auto twice = [](int n) { return 2 * n; };
    const auto plus = [](int n, int x) { return n + x; };

    EXPECT_EQ(*reference.update_and_get(twice), 2);
    EXPECT_EQ(*reference.get_and_update(twice), 2);
    EXPECT_EQ(*reference.accumulate_and_get(10, plus), 14);
    EXPECT_EQ(*reference.get_and_accumulate(100, plus), 14);

    EXPECT_EQ(*reference.get(), 114);
    EXPECT_EQ(reference.version(), 5U);
}

TYPED_TEST(ReferenceUpdateLaws, accumulate_takes_what_is_not_a_T) {
    auto reference = TestFixture::Makes::reference(std::vector<int>{1});

    reference.accumulate_and_get(2, [](std::vector<int> v, int x) {
        v.push_back(x);
        return v;
    });

    EXPECT_EQ(*reference.get(), (std::vector<int>{1, 2}));
}

TYPED_TEST(ReferenceUpdateLaws, try_update_that_refuses_changes_nothing_and_tells_what_stands) {
    auto reference = TestFixture::Makes::reference(1);
    const auto below_3 = [](int n) -> std::optional<int> {
        return n < 2 ? std::optional<int>(n + 1) : std::nullopt;
    };

    const auto won = reference.try_update(below_3);
    const auto refused = reference.try_update(below_3);

    EXPECT_TRUE(won.won);
    EXPECT_EQ(*won.now, 2);
    EXPECT_FALSE(refused.won);
    EXPECT_EQ(*refused.now, 2);
    EXPECT_EQ(reference.version(), 2U);
}

TYPED_TEST(ReferenceUpdateLaws, try_update_decides_again_after_a_lost_race) {
    auto reference = TestFixture::Makes::reference(1);
    int calls = 0;

    const auto attempt = reference.try_update([&](int n) -> std::optional<int> {
        if (++calls == 1) reference.set(50);
        return n < 10 ? std::optional<int>(n + 1) : std::nullopt;
    });

    EXPECT_EQ(calls, 2);
    EXPECT_FALSE(attempt.won);
    EXPECT_EQ(*attempt.now, 50);
}

TYPED_TEST(ReferenceUpdateLaws, an_update_that_lost_runs_again_on_the_new_value) {
    auto reference = TestFixture::Makes::reference(1);
    std::vector<int> given;

    const auto now = reference.update_and_get([&](int n) {
        given.push_back(n);
        if (given.size() == 1) {
            on_another_thread([&] { reference.set(10); });
        }
        return n + 1;
    });

    EXPECT_EQ(given, (std::vector<int>{1, 10}));
    EXPECT_EQ(*now, 11);
    EXPECT_EQ(now.version(), 3U);
}

TYPED_TEST(ReferenceUpdateLaws, an_update_that_throws_changes_nothing) {
    auto reference = TestFixture::Makes::reference(1);
    const auto fails = [](int) -> int { throw std::domain_error("no"); };
    const auto fails_too = [](int) -> std::optional<int> { throw std::domain_error("no"); };

    EXPECT_THROW(reference.update_and_get(fails), std::domain_error);
    EXPECT_THROW(reference.get_and_update(fails), std::domain_error);
    EXPECT_THROW(reference.try_update(fails_too), std::domain_error);

    EXPECT_EQ(*reference.get(), 1);
    EXPECT_EQ(reference.version(), 1U);
    EXPECT_EQ(*reference.update_and_get([](int n) { return n + 1; }), 2);
}

/// Runs `when_compared` once, in the middle of a comparison.
struct Meddled {
    int number = 0;
    std::function<void()>* when_compared = nullptr;

    friend bool operator==(const Meddled& a, const Meddled& b) {
        for (auto* hook : {a.when_compared, b.when_compared}) {
            if (hook != nullptr && *hook) std::exchange(*hook, nullptr)();
        }
        return a.number == b.number;
    }
};

template <class Scope>
class ReferenceComparisonLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(ReferenceComparisonLaws, laws::InMemory, laws::ScopeNames);

TYPED_TEST(ReferenceComparisonLaws, an_equal_value_is_not_missed_when_a_rival_brings_another_one) {
    std::function<void()> hook;
    auto reference = TestFixture::Makes::reference(Meddled{1});
    hook = [&] { reference.set(Meddled{1}); };

    const bool won = reference.compare_and_set(Meddled{1, &hook}, Meddled{2});

    EXPECT_TRUE(won);
    EXPECT_EQ(reference.get()->number, 2);
    EXPECT_EQ(reference.version(), 3U);
}

TYPED_TEST(ReferenceComparisonLaws, a_value_that_a_rival_made_unequal_is_not_replaced) {
    std::function<void()> hook;
    auto reference = TestFixture::Makes::reference(Meddled{1});
    hook = [&] { on_another_thread([&] { reference.set(Meddled{5}); }); };

    const bool won = reference.compare_and_set(Meddled{1, &hook}, Meddled{2});

    EXPECT_FALSE(won);
    EXPECT_EQ(reference.get()->number, 5);
}

}  // namespace
