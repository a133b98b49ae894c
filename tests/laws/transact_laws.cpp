/// \file
/// Several variables: looked at as of one moment, changed together or not at all.

#include <atomic>
#include <atomos/transact.hpp>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "support/history.hpp"
#include "support/seed.hpp"
#include "support/together.hpp"

namespace {

using atomos::Atom;
using atomos::AtomicReference;
using atomos::snapshot_all;
using atomos::SwapOptions;
using atomos::transact;
using atomos::testing::on_another_thread;

auto one_more_each = [](int x, int y) { return std::tuple(x + 1, y + 1); };

TEST(Transact, changes_variables_of_several_kinds_and_returns_their_new_values) {
    Atom<int> number{1};
    AtomicReference<std::string> text{"a"};

    const auto [n, t] = transact(
        [](int x, const std::string& s) { return std::pair(x + 1, s + "b"); }, number, text);

    EXPECT_EQ(*n, 2);
    EXPECT_EQ(*t, "ab");
    EXPECT_TRUE(n.same_as(number.deref()));
    EXPECT_TRUE(t.same_as(text.get()));
    EXPECT_EQ(t.version(), 2U);
}

TEST(Transact, of_a_range_gives_the_function_all_snapshots) {
    std::vector<std::unique_ptr<Atom<int>>> atoms;
    for (int i = 0; i < 20; ++i) atoms.push_back(std::make_unique<Atom<int>>(i));
    const auto rotate = [](const std::vector<atomos::Snapshot<int>>& seen) {
        std::vector<int> values;
        for (std::size_t i = 0; i < seen.size(); ++i)
            values.push_back(*seen[(i + 1) % seen.size()]);
        return values;
    };

    const auto now = transact(rotate, atoms);

    ASSERT_EQ(now.size(), 20U);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(*now[static_cast<std::size_t>(i)], (i + 1) % 20);
        EXPECT_EQ(*atoms[static_cast<std::size_t>(i)]->deref(), (i + 1) % 20);
    }
}

TEST(Transact, that_refuses_changes_nothing_and_tells_what_it_saw) {
    Atom<int> a{1};
    Atom<int> b{2};
    const auto move = [](int x, int y) -> std::optional<std::tuple<int, int>> {
        if (x == 0) return std::nullopt;
        return std::tuple(x - 1, y + 1);
    };

    const auto won = transact(move, a, b);
    const auto refused = transact(move, a, b);
    const auto refused_held = transact(SwapOptions{0}, move, a, b);

    EXPECT_TRUE(won.won);
    EXPECT_FALSE(refused.won);
    EXPECT_FALSE(refused_held.won);
    EXPECT_EQ(*std::get<1>(refused.now), 3);
    EXPECT_EQ(a.version(), 2U);
    EXPECT_EQ(b.version(), 2U);
}

TEST(Transact, that_throws_changes_nothing) {
    Atom<int> a{1};
    Atom<int> b{2};
    const auto fails = [](int, int) -> std::tuple<int, int> { throw std::domain_error("no"); };

    EXPECT_THROW(transact(fails, a, b), std::domain_error);
    EXPECT_THROW(transact(SwapOptions{0}, fails, a, b), std::domain_error);

    transact(one_more_each, a, b);
    EXPECT_EQ(*a.deref(), 2);
    EXPECT_EQ(b.version(), 2U);
}

TEST(Transact, is_refused_whole_by_any_validator) {
    Atom<int> a{1};
    Atom<int> b{2};
    b.set_validator([](const int& n) { return n < 3; });

    EXPECT_THROW(transact(one_more_each, a, b), atomos::ValidationError);
    EXPECT_THROW(transact(SwapOptions{0}, one_more_each, a, b), atomos::ValidationError);
    EXPECT_EQ(a.version(), 1U);
    EXPECT_EQ(b.version(), 1U);

    b.set_validator([](const int& n) { return n < 4; });
    transact(one_more_each, a, b);
    EXPECT_EQ(*b.deref(), 3);
}

TEST(Transact, that_one_validator_has_checked_does_not_land_under_the_next) {
    Atom<int> a{1};
    Atom<int> b{2};
    bool first = true;
    a.set_validator([&](const int&) {
        if (std::exchange(first, false)) {
            on_another_thread([&] { b.set_validator([](const int& n) { return n < 3; }); });
        }
        return true;
    });
    first = true;

    EXPECT_THROW(transact(one_more_each, b, a), atomos::ValidationError);

    EXPECT_EQ(*a.deref(), 1);
    EXPECT_EQ(*b.deref(), 2);
}

TEST(Transact, does_not_land_when_validators_came_full_circle_meanwhile) {
    Atom<int> a{1};
    Atom<int> b{2};
    const auto any = [](const int&) { return true; };
    bool armed = false;
    b.set_validator(any);
    a.set_validator([&](const int&) {
        if (std::exchange(armed, false)) {
            b.set_validator(any);
            b.set_validator([](const int& n) { return n < 3; });
        }
        return true;
    });
    armed = true;

    EXPECT_THROW(transact(one_more_each, b, a), atomos::ValidationError);

    EXPECT_EQ(*a.deref(), 1);
    EXPECT_EQ(*b.deref(), 2);
}

TEST(Transact, runs_its_function_again_after_a_lost_race_and_at_most_once_more_than_it_may_lose) {
    Atom<int> a{0};
    Atom<int> b{0};
    int runs = 0;
    std::thread rival;

    transact(
        SwapOptions{.tries = 2},
        [&](int x, int y) {
            if (++runs < 3) {
                on_another_thread([&] { b.reset(10 * runs); });
            } else {
                rival = std::thread([&] { b.reset(1000); });
            }
            return std::tuple(x + 1, y + 1);
        },
        a, b);
    rival.join();

    EXPECT_EQ(runs, 3);
    EXPECT_EQ(*a.deref(), 1);
    EXPECT_EQ(a.version(), 2U);
    EXPECT_EQ(*b.deref(), 1000);
    EXPECT_EQ(b.version(), 5U);
}

TEST(Transact, whose_function_writes_to_its_variables_is_told_so_in_its_last_run) {
    Atom<int> a{0};
    Atom<int> b{0};
    const auto meddle = [&](int x, int y) {
        b.reset(5);
        return std::tuple(x + 1, y + 1);
    };

    EXPECT_THROW(transact(SwapOptions{0}, meddle, a, b), atomos::WouldDeadlock);
    EXPECT_EQ(*b.deref(), 0);
    EXPECT_THROW(transact(meddle, a, b), atomos::WouldDeadlock);

    EXPECT_EQ(*a.deref(), 0);
    EXPECT_EQ(*b.deref(), 5);
}

TEST(Transact, refuses_the_same_variable_twice_and_a_wrong_number_of_values) {
    Atom<int> a{0};
    Atom<int> b{0};
    std::deque<Atom<int>> atoms;
    for (int i = 0; i < 3; ++i) atoms.emplace_back(i);
    const auto three = [](int x, int y, int z) { return std::tuple(x, y, z); };

    try {
        transact(three, a, b, a);
        ADD_FAILURE() << "it was taken";
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "transact: variables 1 and 3 are the same; allowed: each once");
    }
    EXPECT_THROW(snapshot_all(b, b), std::invalid_argument);
    EXPECT_THROW(transact([](const auto&) { return std::vector<int>{1}; }, atoms),
                 std::invalid_argument);
    EXPECT_EQ(*atoms[2].deref(), 2);
}

TEST(Transact, tells_the_watches_of_all_atoms_when_all_have_changed) {
    Atom<int> a{1};
    Atom<int> b{2};
    std::vector<int> heard;
    const auto hears = [&](const std::string&, auto&, const int& old, const int& now) {
        heard.insert(heard.end(), {old, now, *a.deref() + *b.deref()});
    };
    a.add_watch("hears", hears);
    b.add_watch("hears", hears);

    transact(one_more_each, a, b);

    EXPECT_EQ(heard, (std::vector<int>{1, 2, 5, 2, 3, 5}));
}

TEST(Transact, runs_all_watches_and_throws_together_what_they_threw) {
    Atom<int> a{1};
    Atom<int> b{2};
    const auto fails = [](const std::string&, auto&, const int&, const int&) {
        throw std::domain_error("no");
    };
    a.add_watch("of a", fails);
    b.add_watch("of b", fails);

    try {
        transact(one_more_each, a, b);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const atomos::WatchError& error) {
        ASSERT_EQ(error.failures().size(), 2U);
        EXPECT_EQ(error.failures()[0].key, "of a");
        EXPECT_EQ(error.failures()[1].key, "of b");
        EXPECT_EQ(error.version(), 2U);
    }

    EXPECT_EQ(*b.deref(), 3);
}

TEST(Transact, wakes_who_waits_for_any_of_its_variables) {
    Atom<int> a{1};
    AtomicReference<int> b{2};
    const auto seen = b.get();
    std::thread waiting([&] { EXPECT_EQ(*b.wait(seen), 3); });

    transact(one_more_each, a, b);

    waiting.join();
}

TEST(Transact, goes_unseen_until_it_is_committed) {
    Atom<int> a{1};
    Atom<int> b{2};
    const auto before = b.deref();
    bool same = false;

    transact(
        SwapOptions{0},
        [&](int x, int y) {
            on_another_thread([&] {
                const auto [seen_a, seen_b] = snapshot_all(a, b);
                same = *seen_a == 1 && seen_b.same_as(before) && b.version() == 1;
            });
            return std::tuple(x + 1, y + 1);
        },
        a, b);

    EXPECT_TRUE(same);
    EXPECT_EQ(*before, 2);
    EXPECT_EQ(*b.deref(), 3);
}

TEST(SnapshotAll, is_of_one_moment_however_often_the_variables_change) {
    std::deque<Atom<int>> atoms;
    for (int i = 0; i < 30; ++i) atoms.emplace_back(0);
    std::atomic<int> changes{0};
    std::atomic<bool> done{false};

    atomos::testing::together(3, [&](int thread) {
        if (thread == 0) {
            for (int i = 0; i < 200 || changes < 10'000; ++i) {
                const auto seen = snapshot_all(atoms);
                int sum = 0;
                for (const auto& one : seen) sum += *one;
                EXPECT_EQ(sum, 0);
            }
            done = true;
            return;
        }
        auto random = atomos::testing::random_stream(static_cast<std::uint64_t>(thread));
        while (!done) {
            const auto i = atomos::testing::below(random, 30);
            const auto j = (i + 1 + atomos::testing::below(random, 29)) % 30;
            transact([](int x, int y) { return std::tuple(x - 1, y + 1); }, atoms[i], atoms[j]);
            ++changes;
        }
    });
}

/// Two variables, changed together and singly.
struct Pair {
    using State = std::pair<int, int>;
    enum class Verb { get_first, get_second, get_both, add_to_first, add_held, move, set_both };
    struct Operation {
        Verb verb = Verb::get_first;
        int x = 0;
    };
    using Result = std::pair<int, int>;

    static Result apply(State& state, const Operation& op) {
        switch (op.verb) {
            case Verb::get_first:
                return {state.first, 0};
            case Verb::get_second:
                return {0, state.second};
            case Verb::get_both:
                return state;
            case Verb::add_to_first:
                state.first += op.x;
                return {state.first, 0};
            case Verb::add_held:
                state.second += op.x;
                return {0, state.second};
            case Verb::move:
                state.first -= op.x;
                state.second += op.x;
                return state;
            case Verb::set_both:
                state = {op.x, op.x};
                return state;
        }
        return {};
    }
};

class PairOfAtoms {
  public:
    Pair::Result perform(const Pair::Operation& op) {
        using Verb = Pair::Verb;
        const auto plus = [](int n, int x) {
            std::this_thread::yield();
            return n + x;
        };
        switch (op.verb) {
            case Verb::get_first:
                return {first_.read([](int n) { return n; }), 0};
            case Verb::get_second:
                return {0, *second_.get()};
            case Verb::get_both: {
                const auto [a, b] = snapshot_all(first_, second_);
                return {*a, *b};
            }
            case Verb::add_to_first:
                return {*first_.swap(plus, op.x), 0};
            case Verb::add_held:
                return {0, *second_.accumulate_and_get(SwapOptions{0}, op.x, plus)};
            case Verb::move:
                return both(SwapOptions{1}, [&](int a, int b) {
                    std::this_thread::yield();
                    return std::tuple(a - op.x, b + op.x);
                });
            case Verb::set_both:
                return both(SwapOptions{op.x}, [&](int, int) { return std::tuple(op.x, op.x); });
        }
        return {};
    }

  private:
    template <class F>
    Pair::Result both(SwapOptions options, F f) {
        const auto [a, b] = transact(options, f, first_, second_);
        return {*a, *b};
    }

    Atom<int> first_{0};
    AtomicReference<int> second_{0};
};

TEST(TransactHistory, what_threads_did_at_once_could_have_been_done_in_turn) {
    constexpr int threads = 3;
    constexpr int each = 5;
    for (std::uint64_t round = 0; round < 200; ++round) {
        PairOfAtoms subject;
        auto random = atomos::testing::random_stream(round);
        Pair::Operation planned[threads][each];
        for (auto& of_thread : planned) {
            for (auto& op : of_thread) {
                op.verb = static_cast<Pair::Verb>(atomos::testing::below(random, 7));
                op.x = static_cast<int>(atomos::testing::below(random, 3));
            }
        }

        const auto history = atomos::testing::record<Pair>(
            threads, each, [&](int thread, int i) { return planned[thread][i]; },
            [&](const Pair::Operation& operation) { return subject.perform(operation); });

        ASSERT_TRUE(atomos::testing::is_linearizable<Pair>(history, {0, 0})) << "round " << round;
    }
}

}  // namespace
