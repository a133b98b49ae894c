/// \file
/// What front types rely on: a cell replaces only what was seen, and its snapshots stay as they
/// were.

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"
#include "support/values.hpp"

namespace {

using atomos::testing::Counted;
using atomos::testing::together;

template <class Scope>
class CellLaws : public laws::Law<Scope> {
    static_assert(atomos::Cell<typename Scope::template Cell<int>>);
    static_assert(atomos::Cell<typename Scope::template Cell<std::vector<int>>>);
};
TYPED_TEST_SUITE(CellLaws, laws::InEvery, laws::ScopeNames);

auto yes = [] { return true; };
auto no = [] { return false; };

auto number(int n) {
    return [n] { return n; };
}

/// A replacement that is expected to win.
template <class Cell>
auto replace(Cell& cell, int n) {
    auto seen = cell.get();
    auto next = cell.draft(number(n));
    auto attempt = cell.replace(std::as_const(seen), next);
    EXPECT_TRUE(attempt.won);
    return attempt.now;
}

TYPED_TEST(CellLaws, a_new_cell_holds_its_first_value_as_version_1) {
    const auto cell = TestFixture::Makes::cell(7);

    const auto now = cell.get();

    EXPECT_EQ(*now, 7);
    EXPECT_EQ(now.version(), 1U);
}

TYPED_TEST(CellLaws, each_replacement_is_the_next_version_even_of_an_equal_value) {
    auto cell = TestFixture::Makes::cell(7);

    for (std::uint64_t version = 2; version < 100; ++version) {
        const auto now = replace(cell, 7);

        EXPECT_EQ(now.version(), version);
        EXPECT_TRUE(now.same_as(cell.get()));
    }
}

TYPED_TEST(CellLaws, of_rivals_that_saw_the_same_version_exactly_one_wins) {
    auto cell = TestFixture::Makes::cell(0);
    const auto seen_by_one = cell.get();
    const auto seen_by_other = cell.get();
    auto one = cell.draft(number(1));
    auto other = cell.draft(number(2));

    const auto first = cell.replace(seen_by_one, one);
    const auto second = cell.replace(seen_by_other, other);

    EXPECT_TRUE(first.won);
    EXPECT_FALSE(second.won);
    EXPECT_EQ(*cell.get(), 1);
}

TYPED_TEST(CellLaws, of_threads_that_saw_the_same_version_exactly_one_wins) {
    constexpr int threads = 3;
    constexpr int rounds = 1000;
    auto cell = TestFixture::Makes::cell(0);
    std::atomic<int> wins{0};
    int rounds_without_one_winner = 0;
    std::barrier seen_by_all(threads);
    std::barrier round_is_over(threads, [&]() noexcept {
        if (wins.exchange(0) != 1) ++rounds_without_one_winner;
    });

    together(threads, [&](int thread) {
        for (int round = 0; round < rounds; ++round) {
            auto seen = cell.get();
            auto next = cell.draft(number(thread));
            seen_by_all.arrive_and_wait();
            if (cell.replace(seen, next, no).won) ++wins;
            round_is_over.arrive_and_wait();
        }
    });

    EXPECT_EQ(rounds_without_one_winner, 0);
    EXPECT_EQ(cell.get().version(), rounds + 1U);
}

TYPED_TEST(CellLaws, the_loser_is_told_the_value_that_stands) {
    auto cell = TestFixture::Makes::cell(0);
    auto seen = cell.get();
    auto next = cell.draft(number(2));
    const auto standing = replace(cell, 1);

    const auto attempt = cell.replace(seen, next, no);

    EXPECT_FALSE(attempt.won);
    EXPECT_EQ(*attempt.now, 1);
    EXPECT_TRUE(attempt.now.same_as(standing));
}

TYPED_TEST(CellLaws, a_version_that_was_replaced_loses_although_its_value_came_back) {
    auto cell = TestFixture::Makes::cell(0);
    const auto seen = cell.get();
    replace(cell, 1);
    replace(cell, 0);
    auto next = cell.draft(number(2));

    const auto attempt = cell.replace(seen, next);

    EXPECT_FALSE(attempt.won);
    EXPECT_EQ(*cell.get(), 0);
    EXPECT_EQ(cell.get().version(), 3U);
}

TYPED_TEST(CellLaws, a_draft_that_lost_is_whole_and_wins_when_it_is_offered_again) {
    auto cell = TestFixture::Makes::cell(std::vector<int>{0});
    const auto seen = cell.get();
    auto rival = cell.draft([] { return std::vector<int>{1}; });
    ASSERT_TRUE(cell.replace(seen, rival).won);
    auto next = cell.draft([] { return std::vector<int>{2, 2, 2}; });

    const auto first = cell.replace(seen, next);
    const auto second = cell.replace(first.now, next);

    EXPECT_FALSE(first.won);
    EXPECT_TRUE(second.won);
    EXPECT_EQ(*cell.get(), (std::vector<int>{2, 2, 2}));
    EXPECT_EQ(cell.get().version(), 3U);
}

TYPED_TEST(CellLaws, keep_is_asked_after_a_win_and_never_after_a_loss) {
    auto cell = TestFixture::Makes::cell(0);
    auto seen = cell.get();
    auto outdated = cell.get();
    int asked = 0;
    const auto keep = [&] { return ++asked != 0; };
    auto next = cell.draft(number(1));
    auto late = cell.draft(number(2));

    ASSERT_TRUE(cell.replace(seen, next, keep).won);
    const int asked_by_the_winner = asked;
    ASSERT_FALSE(cell.replace(outdated, late, keep).won);

    EXPECT_EQ(asked_by_the_winner, 1);
    EXPECT_EQ(asked, 1);
}

TYPED_TEST(CellLaws, a_snapshot_that_is_kept_stays_as_it_was) {
    auto cell = TestFixture::Makes::cell(0);
    auto seen = cell.get();
    auto next = cell.draft(number(1));

    ASSERT_TRUE(cell.replace(seen, next, yes).won);
    for (int n = 2; n < 50; ++n) replace(cell, n);

    EXPECT_EQ(*seen, 0);
    EXPECT_EQ(seen.version(), 1U);
}

TYPED_TEST(CellLaws, a_constant_snapshot_is_never_given_up) {
    auto cell = TestFixture::Makes::cell(0);
    const auto seen = cell.get();
    auto next = cell.draft(number(1));

    ASSERT_TRUE(cell.replace(seen, next).won);
    for (int n = 2; n < 50; ++n) replace(cell, n);

    EXPECT_EQ(*seen, 0);
    EXPECT_EQ(seen.version(), 1U);
}

TYPED_TEST(CellLaws, two_looks_at_one_version_are_the_same_and_looks_at_two_versions_are_not) {
    auto cell = TestFixture::Makes::cell(0);

    const auto first = cell.get();
    const auto again = cell.get();
    const auto copy = again;
    replace(cell, 1);
    replace(cell, 0);
    const auto later = cell.get();

    EXPECT_TRUE(first.same_as(again));
    EXPECT_TRUE(first.same_as(copy));
    EXPECT_FALSE(first.same_as(later));
    EXPECT_EQ(*first, *later);
}

TYPED_TEST(CellLaws, a_snapshot_and_its_copies_outlive_the_cell) {
    typename TestFixture::template Snapshot<std::vector<int>> replaced;
    typename TestFixture::template Snapshot<std::vector<int>> last;
    {
        auto cell = TestFixture::Makes::cell(std::vector<int>{1, 2, 3});
        replaced = cell.get();
        auto next = cell.draft([] { return std::vector<int>{4}; });
        ASSERT_TRUE(cell.replace(std::as_const(replaced), next).won);
        last = cell.get();
    }

    const auto copy = replaced;
    replaced = {};

    EXPECT_EQ(*copy, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(*last, std::vector<int>{4});
}

TYPED_TEST(CellLaws, a_draft_whose_value_cannot_be_made_throws_and_changes_nothing) {
    auto cell = TestFixture::Makes::cell(0);

    EXPECT_THROW(cell.draft([]() -> int { throw std::runtime_error("no value"); }),
                 std::runtime_error);

    EXPECT_EQ(cell.get().version(), 1U);
}

TYPED_TEST(CellLaws, versions_that_a_thread_sees_never_go_back) {
    auto cell = TestFixture::Makes::cell(0);
    std::atomic<int> writers{2};
    std::atomic<int> went_back{0};

    together(4, [&](int thread) {
        if (thread < 2) {
            for (int wins = 0; wins < 2000;) {
                auto seen = cell.get();
                auto next = cell.draft(number(*seen + 1));
                if (cell.replace(seen, next, no).won) ++wins;
            }
            --writers;
            return;
        }
        std::uint64_t newest = 0;
        while (writers != 0) {
            const auto now = cell.get();
            if (now.version() < newest) ++went_back;
            if (static_cast<std::uint64_t>(*now) + 1 != now.version()) ++went_back;
            newest = now.version();
        }
    });

    EXPECT_EQ(went_back, 0);
    EXPECT_EQ(*cell.get(), 4000);
}

template <class Scope>
class CellLifetimeLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(CellLifetimeLaws, laws::InMemory, laws::ScopeNames);

TYPED_TEST(CellLifetimeLaws, a_replaced_value_is_destroyed_when_its_last_snapshot_is_gone) {
    std::atomic<int> living{0};
    auto cell = TestFixture::Makes::cell(Counted(living));
    auto seen = cell.get();
    auto held = cell.get();
    auto next = cell.draft([&] { return Counted(living); });

    ASSERT_TRUE(cell.replace(seen, next, no).won);
    TestFixture::Makes::settle();
    const int while_held = living;
    held = {};
    TestFixture::Makes::settle();

    EXPECT_EQ(while_held, 2);
    EXPECT_EQ(living, 1);
}

TYPED_TEST(CellLifetimeLaws, a_draft_that_is_never_published_is_destroyed) {
    std::atomic<int> living{0};
    {
        auto cell = TestFixture::Makes::cell(Counted(living));

        {
            const auto dropped = cell.draft([&] { return Counted(living); });
        }

        EXPECT_EQ(living, 1);
    }
    TestFixture::Makes::settle();
    EXPECT_EQ(living, 0);
}

}  // namespace
