/// \file
/// What Atom promises in every scope: swaps, resets and comparisons.

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::testing::on_another_thread;
using atomos::testing::together;

int increment(int n) { return n + 1; }

template <class Scope>
class AtomLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(AtomLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(AtomLaws, deref_and_read_show_the_current_value) {
    auto atom = TestFixture::Makes::atom(1);

    atom.reset(2);

    EXPECT_EQ(*atom.deref(), 2);
    EXPECT_EQ(atom.read([](int n) { return n; }), 2);
    EXPECT_EQ(atom.version(), 2U);
}

TYPED_TEST(AtomLaws, swap_gives_the_new_value_as_its_function_made_it) {
    auto atom = TestFixture::Makes::atom(1);

    const auto now = atom.swap(increment);

    EXPECT_EQ(*now, 2);
    EXPECT_EQ(now.version(), 2U);
    EXPECT_TRUE(now.same_as(atom.deref()));
}

TYPED_TEST(AtomLaws, swap_passes_its_arguments_on_also_when_it_runs_again) {
    auto atom = TestFixture::Makes::atom(std::string("a"));
    int calls = 0;
    const auto append = [&](const std::string& s, const std::string& first, const char* second) {
        if (++calls == 1) on_another_thread([&] { atom.reset("b"); });
        return s + first + second;
    };

    const auto now =
        atom.swap(append, std::string("-an argument that is moved from only once-"), "z");

    EXPECT_EQ(calls, 2);
    EXPECT_EQ(*now, "b-an argument that is moved from only once-z");
}

TYPED_TEST(AtomLaws, swap_takes_members_as_functions) {
    struct State {
        int users = 0;
        State joined(int n) const { return State{users + n}; }
    };
    auto atom = TestFixture::Makes::atom(State{});

    atom.swap(&State::joined, 3);

    EXPECT_EQ(atom.deref()->users, 3);
}

TYPED_TEST(AtomLaws, swap_vals_gives_the_value_before_and_the_value_after) {
    auto atom = TestFixture::Makes::atom(1);

    const auto change = atom.swap_vals(std::plus<>(), 10);

    EXPECT_EQ(*change.old, 1);
    EXPECT_EQ(*change.now, 11);
    EXPECT_EQ(change.old.version() + 1, change.now.version());
}

TYPED_TEST(AtomLaws, swap_vals_that_lost_a_race_gives_the_value_that_it_really_replaced) {
    auto atom = TestFixture::Makes::atom(1);
    bool first = true;

    const auto change = atom.swap_vals([&](int n) {
        if (std::exchange(first, false)) on_another_thread([&] { atom.reset(50); });
        return n + 1;
    });

    EXPECT_EQ(*change.old, 50);
    EXPECT_EQ(*change.now, 51);
}

TYPED_TEST(AtomLaws, a_mutator_that_throws_passes_its_exception_and_changes_nothing) {
    auto atom = TestFixture::Makes::atom(1);
    int heard = 0;
    atom.add_watch("w", [&](const std::string&, auto&, int, int) { ++heard; });
    const auto fails = [](int) -> int { throw std::domain_error("no"); };

    EXPECT_THROW(atom.swap(fails), std::domain_error);
    EXPECT_THROW(atom.swap_vals(fails), std::domain_error);
    EXPECT_THROW(atom.try_swap([](int) -> std::optional<int> { throw std::domain_error("no"); }),
                 std::domain_error);

    EXPECT_EQ(*atom.deref(), 1);
    EXPECT_EQ(atom.version(), 1U);
    EXPECT_EQ(heard, 0);
    EXPECT_EQ(*atom.swap(increment), 2);
}

TYPED_TEST(AtomLaws, a_mutator_that_derefs_the_same_atom_sees_the_committed_value) {
    auto atom = TestFixture::Makes::atom(1);
    std::vector<int> seen;

    atom.swap([&](int n) {
        seen.push_back(*atom.deref());
        seen.push_back(atom.read([](int m) { return m; }));
        return n + 41;
    });

    EXPECT_EQ(seen, (std::vector<int>{1, 1}));
    EXPECT_EQ(*atom.deref(), 42);
}

TYPED_TEST(AtomLaws, a_swap_inside_a_swap_of_the_same_atom_commits_and_the_outer_one_runs_again) {
    auto atom = TestFixture::Makes::atom(1);
    int outer = 0;

    const auto now = atom.swap([&](int n) {
        if (++outer == 1) atom.swap(increment);
        return 10 * n;
    });

    EXPECT_EQ(outer, 2);
    EXPECT_EQ(*now, 20);
    EXPECT_EQ(now.version(), 3U);
}

TYPED_TEST(AtomLaws, try_swap_that_refuses_changes_nothing_and_tells_what_stands) {
    auto atom = TestFixture::Makes::atom(1);
    int heard = 0;
    atom.add_watch("w", [&](const std::string&, auto&, int, int) { ++heard; });
    const auto up_to = [](int n, int limit) {
        return n < limit ? std::optional<int>(n + 1) : std::nullopt;
    };

    const auto won = atom.try_swap(up_to, 2);
    const auto refused = atom.try_swap(up_to, 2);

    EXPECT_TRUE(won.won);
    EXPECT_EQ(*won.now, 2);
    EXPECT_FALSE(refused.won);
    EXPECT_EQ(*refused.now, 2);
    EXPECT_EQ(atom.version(), 2U);
    EXPECT_EQ(heard, 1);
}

TYPED_TEST(AtomLaws, reset_gives_the_new_value_and_reset_vals_both) {
    auto atom = TestFixture::Makes::atom(1);

    const auto now = atom.reset(2);
    const auto change = atom.reset_vals(3);

    EXPECT_EQ(*now, 2);
    EXPECT_EQ(*change.old, 2);
    EXPECT_TRUE(change.old.same_as(now));
    EXPECT_EQ(*change.now, 3);
    EXPECT_EQ(change.now.version(), 3U);
}

TYPED_TEST(AtomLaws, reset_vals_is_one_replacement_also_among_threads) {
    constexpr std::uint64_t each = 1000;
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<int> gaps{0};
    std::vector<std::atomic<int>> replaced(3 * each + 2);

    together(3, [&](int thread) {
        for (std::uint64_t i = 0; i < each; ++i) {
            const auto change = atom.reset_vals(thread);
            if (change.old.version() + 1 != change.now.version()) ++gaps;
            ++replaced[change.old.version()];
        }
    });

    EXPECT_EQ(gaps, 0);
    for (std::uint64_t version = 1; version <= 3 * each; ++version) {
        ASSERT_EQ(replaced[version], 1) << "version " << version;
    }
}

TYPED_TEST(AtomLaws, compare_and_set_by_identity_loses_although_the_value_came_back) {
    auto atom = TestFixture::Makes::atom(1);
    const auto seen = atom.deref();
    atom.reset(2);
    atom.reset(1);

    EXPECT_FALSE(atom.compare_and_set(seen, 3));
    EXPECT_TRUE(atom.compare_and_set(atom.deref(), 3));

    EXPECT_EQ(*atom.deref(), 3);
}

TYPED_TEST(AtomLaws, compare_and_set_by_value_wins_although_the_value_came_back) {
    auto atom = TestFixture::Makes::atom(1);
    atom.reset(2);
    atom.reset(1);

    EXPECT_TRUE(atom.compare_and_set(1, 3));
    EXPECT_FALSE(atom.compare_and_set(1, 4));

    EXPECT_EQ(*atom.deref(), 3);
}

TYPED_TEST(AtomLaws, a_snapshot_of_another_atom_never_stands) {
    auto atom = TestFixture::Makes::atom(1);
    auto other = TestFixture::Makes::atom(1);

    EXPECT_FALSE(atom.compare_and_set(other.deref(), 2));

    EXPECT_EQ(*atom.deref(), 1);
    EXPECT_FALSE(atom.deref().same_as(other.deref()));
}

TYPED_TEST(AtomLaws, a_nan_can_be_swapped_and_reset_and_equals_nothing) {
    auto atom = TestFixture::Makes::atom(std::numeric_limits<double>::quiet_NaN());

    EXPECT_FALSE(atom.compare_and_set(std::numeric_limits<double>::quiet_NaN(), 1.0));
    EXPECT_TRUE(atom.compare_and_set(atom.deref(), std::numeric_limits<double>::quiet_NaN()));
    atom.reset(std::numeric_limits<double>::quiet_NaN());
    const auto now = atom.swap([](double) { return 4.0; });

    EXPECT_EQ(*now, 4.0);
    EXPECT_EQ(now.version(), 4U);
}

TYPED_TEST(AtomLaws, no_swap_is_lost_among_threads) {
    auto atom = TestFixture::Makes::atom(0);

    together(3, [&](int) {
        for (int i = 0; i < 1000; ++i) {
            atom.swap([](int n) {
                if (n % 16 == 0) std::this_thread::yield();
                return n + 1;
            });
        }
    });

    EXPECT_EQ(*atom.deref(), 3000);
    EXPECT_EQ(atom.version(), 3001U);
}

/// Two whose comparison uses the atom that they are in.
struct Curious {
    int number = 0;
    std::function<void()>* when_compared = nullptr;

    friend bool operator==(const Curious& a, const Curious& b) {
        for (auto* hook : {a.when_compared, b.when_compared}) {
            if (hook != nullptr && *hook) (*hook)();
        }
        return a.number == b.number;
    }
};

template <class Scope>
class AtomComparisonLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(AtomComparisonLaws, laws::InMemory, laws::ScopeNames);

TYPED_TEST(AtomComparisonLaws, an_equality_may_look_at_the_atom_that_it_compares) {
    std::function<void()> hook;
    auto atom = TestFixture::Makes::atom(Curious{1});
    int seen = 0;
    hook = [&] { seen = atom.deref()->number; };

    EXPECT_TRUE(atom.compare_and_set(Curious{1, &hook}, Curious{2}));

    EXPECT_EQ(seen, 1);
    EXPECT_EQ(atom.deref()->number, 2);
}

TYPED_TEST(AtomComparisonLaws, an_equality_may_change_the_atom_that_it_compares) {
    std::function<void()> hook;
    auto atom = TestFixture::Makes::atom(Curious{1});
    int calls = 0;
    hook = [&] {
        if (++calls < 5) atom.reset(Curious{1});
    };

    const bool won = atom.compare_and_set(Curious{1, &hook}, Curious{2});

    EXPECT_TRUE(won);
    EXPECT_EQ(calls, 5);
    EXPECT_EQ(atom.deref()->number, 2);
    EXPECT_EQ(atom.version(), 6U);
}

TYPED_TEST(AtomComparisonLaws, an_equality_that_throws_changes_nothing) {
    std::function<void()> hook = [] { throw std::domain_error("incomparable"); };
    auto atom = TestFixture::Makes::atom(Curious{1});

    EXPECT_THROW(atom.compare_and_set(Curious{1, &hook}, Curious{2}), std::domain_error);

    EXPECT_EQ(atom.deref()->number, 1);
    EXPECT_EQ(atom.version(), 1U);
}

}  // namespace
