/// \file
/// What a validator refuses never stands.

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"

namespace {

using atomos::ValidationError;

int increment(int n) { return n + 1; }
bool is_positive(int n) { return n > 0; }
bool throws(int) { throw std::domain_error("cannot tell"); }

template <class Scope>
class ValidatorLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(ValidatorLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(ValidatorLaws, every_way_to_change_an_atom_is_refused_and_changes_nothing) {
    auto atom = TestFixture::Makes::atom(1);
    int heard = 0;
    atom.add_watch("w", [&](const std::string&, auto&, int, int) { ++heard; });
    atom.set_validator(is_positive);
    const auto negate = [](int n) { return -n; };

    EXPECT_THROW(atom.swap(negate), ValidationError);
    EXPECT_THROW(atom.swap_vals(negate), ValidationError);
    EXPECT_THROW(atom.try_swap([](int n) { return std::optional<int>(-n); }), ValidationError);
    EXPECT_THROW(atom.reset(-1), ValidationError);
    EXPECT_THROW(atom.reset_vals(-1), ValidationError);
    EXPECT_THROW(atom.compare_and_set(1, -1), ValidationError);
    EXPECT_THROW(atom.compare_and_set(atom.deref(), -1), ValidationError);

    EXPECT_EQ(*atom.deref(), 1);
    EXPECT_EQ(atom.version(), 1U);
    EXPECT_EQ(heard, 0);
}

TYPED_TEST(ValidatorLaws, what_it_agrees_to_is_published) {
    auto atom = TestFixture::Makes::atom(1);
    atom.set_validator(is_positive);

    atom.swap(increment);
    atom.swap_vals(increment);
    atom.reset(10);
    EXPECT_TRUE(atom.compare_and_set(10, 11));
    EXPECT_TRUE(atom.compare_and_set(atom.deref(), 12));
    EXPECT_TRUE(atom.try_swap([](int n) { return std::optional<int>(n + 1); }).won);

    EXPECT_EQ(*atom.deref(), 13);
    EXPECT_EQ(atom.version(), 7U);
}

TYPED_TEST(ValidatorLaws, it_runs_on_every_candidate_before_that_is_published) {
    auto atom = TestFixture::Makes::atom(1);
    std::vector<std::pair<int, int>> seen;
    atom.set_validator([&](int candidate) {
        seen.emplace_back(*atom.deref(), candidate);
        return true;
    });
    seen.clear();

    atom.swap(increment);
    atom.reset(7);

    EXPECT_EQ(seen, (std::vector<std::pair<int, int>>{{1, 2}, {2, 7}}));
}

TYPED_TEST(ValidatorLaws, it_runs_on_the_current_value_when_it_is_set) {
    auto atom = TestFixture::Makes::atom(1);
    std::vector<int> seen;

    atom.set_validator([&](int n) {
        seen.push_back(n);
        return true;
    });

    EXPECT_EQ(seen, std::vector<int>{1});
}

TYPED_TEST(ValidatorLaws, one_that_refuses_the_current_value_is_not_set_and_the_old_one_stays) {
    auto atom = TestFixture::Makes::atom(1);
    atom.set_validator(is_positive);

    EXPECT_THROW(atom.set_validator([](int n) { return n > 100; }), ValidationError);
    EXPECT_THROW(atom.set_validator(throws), ValidationError);

    EXPECT_THROW(atom.reset(-1), ValidationError);
    EXPECT_EQ(*atom.reset(2), 2);
    EXPECT_TRUE(atom.get_validator()(1));
    EXPECT_FALSE(atom.get_validator()(-1));
}

TYPED_TEST(ValidatorLaws, an_exception_of_its_own_is_nested_and_nothing_has_changed) {
    auto atom = TestFixture::Makes::atom(1);
    bool broken = false;
    atom.set_validator([&](int) { return broken ? throw std::domain_error("cannot tell") : true; });
    broken = true;
    std::string nested;

    try {
        atom.reset(2);
    } catch (const ValidationError& error) {
        EXPECT_EQ(error.written(), atomos::Written::no);
        try {
            std::rethrow_if_nested(error);
        } catch (const std::domain_error& own) {
            nested = own.what();
        }
    }

    EXPECT_EQ(nested, "cannot tell");
    EXPECT_EQ(*atom.deref(), 1);
}

TYPED_TEST(ValidatorLaws, a_refusal_has_nothing_nested) {
    auto atom = TestFixture::Makes::atom(1);
    atom.set_validator(is_positive);

    try {
        atom.reset(-1);
        FAIL() << "it was not refused";
    } catch (const ValidationError& error) {
        EXPECT_NO_THROW(std::rethrow_if_nested(error));
    }
}

TYPED_TEST(ValidatorLaws, it_runs_even_where_the_comparison_is_going_to_fail) {
    auto atom = TestFixture::Makes::atom(1);
    const auto outdated = atom.deref();
    atom.reset(2);
    atom.set_validator(is_positive);

    EXPECT_THROW(atom.compare_and_set(7, -1), ValidationError);
    EXPECT_THROW(atom.compare_and_set(outdated, -1), ValidationError);

    EXPECT_FALSE(atom.compare_and_set(7, 8));
    EXPECT_FALSE(atom.compare_and_set(outdated, 8));
    EXPECT_EQ(*atom.deref(), 2);
}

TYPED_TEST(ValidatorLaws, an_empty_function_takes_the_validator_away) {
    auto atom = TestFixture::Makes::atom(1);
    EXPECT_FALSE(atom.get_validator());
    atom.set_validator(is_positive);
    EXPECT_TRUE(atom.get_validator());

    atom.set_validator(nullptr);

    EXPECT_FALSE(atom.get_validator());
    EXPECT_EQ(*atom.reset(-1), -1);
}

TYPED_TEST(ValidatorLaws, validators_can_be_set_any_number_of_times) {
    auto atom = TestFixture::Makes::atom(1);

    for (int limit = 1; limit < 100; ++limit) {
        atom.set_validator([limit](int n) { return n <= limit; });
        ASSERT_EQ(*atom.reset(limit), limit);
        ASSERT_THROW(atom.reset(limit + 1), ValidationError);
        ASSERT_TRUE(atom.get_validator()(limit));
        ASSERT_FALSE(atom.get_validator()(limit + 1));
    }

    EXPECT_EQ(*atom.deref(), 99);
}

}  // namespace
