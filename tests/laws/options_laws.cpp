/// \file
/// Bounds on retries: a change that gives up, and one that holds the others off.

#include <atomic>
#include <atomos/atom.hpp>
#include <atomos/options.hpp>
#include <atomos/reference.hpp>
#include <chrono>
#include <functional>
#include <latch>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::SwapOptions;
using atomos::TryOptions;
using atomos::testing::on_another_thread;
using namespace std::chrono_literals;

template <class Scope>
class TryOptionsLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(TryOptionsLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(TryOptionsLaws, a_change_that_lost_so_often_gives_up_and_tells_what_stands) {
    auto atom = TestFixture::Makes::atom(1);
    auto reference = TestFixture::Makes::reference(1);
    int runs = 0;

    const auto swapped = atom.try_swap(TryOptions{.tries = 3}, [&](int n) -> std::optional<int> {
        ++runs;
        atom.reset(n + 10);
        return n + 1;
    });
    const auto updated =
        reference.try_update(TryOptions{.tries = 3}, [&](int n) -> std::optional<int> {
            ++runs;
            reference.set(n + 10);
            return n + 1;
        });

    EXPECT_EQ(runs, 6);
    EXPECT_FALSE(swapped.won);
    EXPECT_EQ(*swapped.now, 31);
    EXPECT_FALSE(updated.won);
    EXPECT_EQ(*updated.now, 31);
    EXPECT_EQ(*atom.deref(), 31);
}

TYPED_TEST(TryOptionsLaws, a_change_that_nobody_disturbs_is_made_at_the_first_attempt) {
    auto reference = TestFixture::Makes::reference(1);
    const auto plus = [](int n, int x) -> std::optional<int> { return n + x; };

    EXPECT_TRUE(reference.try_swap(TryOptions{.tries = 1}, plus, 2).won);
    EXPECT_TRUE(reference.try_swap(TryOptions{.within = 0ns}, plus, 4).won);

    EXPECT_EQ(*reference.get(), 7);
}

TYPED_TEST(TryOptionsLaws, a_change_whose_time_is_over_makes_no_further_attempt) {
    auto reference = TestFixture::Makes::reference(1);
    int runs = 0;

    const auto attempt =
        reference.try_update(TryOptions{.within = 0ns}, [&](int n) -> std::optional<int> {
            ++runs;
            reference.set(n + 10);
            return n + 1;
        });

    EXPECT_EQ(runs, 1);
    EXPECT_FALSE(attempt.won);
}

TYPED_TEST(TryOptionsLaws, limits_that_make_no_sense_are_named) {
    auto atom = TestFixture::Makes::atom(1);
    const auto plus = [](int n) -> std::optional<int> { return n + 1; };
    const auto text = [&](TryOptions options) -> std::string {
        try {
            atom.try_swap(options, plus);
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "nothing";
    };

    EXPECT_EQ(text({.tries = 0}), "TryOptions::tries is 0; allowed: 1 and more");
    EXPECT_EQ(text({.tries = -7}), "TryOptions::tries is -7; allowed: 1 and more");
    EXPECT_EQ(text({.within = -1us}), "TryOptions::within is -1000 ns; allowed: 0 and more");
    EXPECT_EQ(*atom.deref(), 1);
}

TYPED_TEST(TryOptionsLaws, a_value_is_set_only_if_it_is_less_or_greater) {
    auto atom = TestFixture::Makes::atom(5);
    auto reference = TestFixture::Makes::reference(5);

    EXPECT_FALSE(atom.set_if_less(5));
    EXPECT_FALSE(atom.set_if_greater(5));
    EXPECT_TRUE(atom.set_if_less(4));
    EXPECT_TRUE(atom.set_if_greater(6));
    EXPECT_FALSE(reference.set_if_less(5));
    EXPECT_FALSE(reference.set_if_greater(5));
    EXPECT_TRUE(reference.set_if_greater(6));
    EXPECT_TRUE(reference.set_if_less(4));

    EXPECT_EQ(*atom.deref(), 6);
    EXPECT_EQ(atom.version(), 3U);
    EXPECT_EQ(*reference.get(), 4);
    EXPECT_EQ(reference.version(), 3U);
}

TYPED_TEST(TryOptionsLaws, the_greatest_of_what_threads_set_stands_in_the_end) {
    auto reference = TestFixture::Makes::reference(-1);

    atomos::testing::together(4, [&](int thread) {
        for (int i = 0; i < 200; ++i) reference.set_if_greater(4 * i + thread);
    });

    EXPECT_EQ(*reference.get(), 799);
}

TYPED_TEST(TryOptionsLaws, a_value_that_the_validator_refuses_is_not_set) {
    auto atom = TestFixture::Makes::atom(5);
    atom.set_validator([](const int& n) { return n < 10; });

    EXPECT_THROW(atom.set_if_greater(11), atomos::ValidationError);
    EXPECT_THROW(atom.set_if_less(11), atomos::ValidationError);

    EXPECT_EQ(*atom.deref(), 5);
}

template <class Scope>
class SwapOptionsLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(SwapOptionsLaws, laws::InMemory, laws::ScopeNames);

TYPED_TEST(SwapOptionsLaws, a_function_runs_once_more_than_it_may_lose_and_wins_then) {
    auto atom = TestFixture::Makes::atom(0);
    std::vector<int> given;
    std::thread rival;

    const auto now = atom.swap(SwapOptions{.tries = 3}, [&](int n) {
        given.push_back(n);
        if (given.size() < 4) {
            on_another_thread([&] { atom.reset(n + 10); });
        } else {
            rival = std::thread([&] { atom.reset(1000); });
        }
        return n + 1;
    });
    rival.join();

    EXPECT_EQ(given, (std::vector<int>{0, 10, 20, 30}));
    EXPECT_EQ(*now, 31);
    EXPECT_EQ(now.version(), 5U);
    EXPECT_EQ(*atom.deref(), 1000);
}

TYPED_TEST(SwapOptionsLaws, what_is_changed_meanwhile_is_one_version_of_the_value) {
    auto atom = TestFixture::Makes::atom(0);
    auto reference = TestFixture::Makes::reference(std::string("a"));
    const auto b = [](const std::string& s) { return s + "b"; };
    const auto append = [](const std::string& s, const std::string& x) { return s + x; };

    const auto change = atom.swap_vals(SwapOptions{0}, [](int n, int x) { return n + x; }, 5);
    EXPECT_EQ(*reference.update_and_get(SwapOptions{0}, b), "ab");
    EXPECT_EQ(*reference.get_and_update(SwapOptions{1}, b), "ab");
    EXPECT_EQ(*reference.accumulate_and_get(SwapOptions{0}, std::string("c"), append), "abbc");
    EXPECT_EQ(*reference.get_and_accumulate(SwapOptions{0}, std::string("d"), append), "abbc");

    EXPECT_EQ(*change.old, 0);
    EXPECT_EQ(*change.now, 5);
    EXPECT_EQ(change.old.version() + 1, change.now.version());
    EXPECT_EQ(*reference.get(), "abbcd");
    EXPECT_EQ(reference.version(), 5U);
}

TYPED_TEST(SwapOptionsLaws, others_look_at_the_standing_value_while_it_is_held) {
    auto atom = TestFixture::Makes::atom(7);
    const auto before = atom.deref();
    bool same = false;

    atom.swap(SwapOptions{0}, [&](int n) {
        on_another_thread([&] {
            const auto seen = atom.deref();
            same = seen.same_as(before) && atom.read([](int m) { return m; }) == 7 &&
                   atom.version() == 1 && !atom.wait_for(seen, 1ms);
        });
        return n + 1;
    });

    EXPECT_TRUE(same);
    EXPECT_EQ(*atom.deref(), 8);
}

TYPED_TEST(SwapOptionsLaws, a_function_reads_its_own_atom_and_finds_the_standing_value) {
    auto atom = TestFixture::Makes::atom(7);
    int found = 0;

    atom.swap(SwapOptions{0}, [&](int n) {
        found = *atom.deref() + atom.read([](int m) { return m; });
        return n + 1;
    });

    EXPECT_EQ(found, 14);
    EXPECT_EQ(*atom.deref(), 8);
}

TYPED_TEST(SwapOptionsLaws, a_function_that_writes_to_its_own_atom_is_told_so) {
    auto atom = TestFixture::Makes::atom(7);
    const auto one_more = [](int n) { return n + 1; };
    const std::vector<std::function<void()>> writes{
        [&] { atom.reset(0); },
        [&] { atom.swap(one_more); },
        [&] { atom.swap(SwapOptions{0}, one_more); },
        [&] { atom.compare_and_set(atom.deref(), 0); },
        [&] { atom.set_validator([](const int&) { return true; }); },
    };

    for (const auto& write : writes) {
        EXPECT_THROW(atom.swap(SwapOptions{0},
                               [&](int n) {
                                   write();
                                   return n + 1;
                               }),
                     atomos::WouldDeadlock);
    }

    EXPECT_EQ(*atom.deref(), 7);
    EXPECT_EQ(atom.version(), 1U);
    EXPECT_EQ(*atom.swap(one_more), 8);
}

TYPED_TEST(SwapOptionsLaws, a_function_that_throws_changes_nothing_and_lets_others_go_on) {
    auto atom = TestFixture::Makes::atom(7);
    std::thread rival;

    EXPECT_THROW(atom.swap(SwapOptions{0},
                           [&](int) -> int {
                               rival = std::thread([&] { atom.swap([](int n) { return n + 1; }); });
                               throw std::domain_error("no");
                           }),
                 std::domain_error);
    rival.join();

    EXPECT_EQ(*atom.deref(), 8);
    EXPECT_EQ(atom.version(), 2U);
}

TYPED_TEST(SwapOptionsLaws, the_validator_refuses_and_watches_hear_as_always) {
    auto atom = TestFixture::Makes::atom(7);
    std::vector<int> heard;
    atom.set_validator([](const int& n) { return n < 10; });
    atom.add_watch("hears", [&](const std::string&, auto&, const int& old, const int& now) {
        heard.push_back(old);
        heard.push_back(now);
    });

    EXPECT_THROW(atom.swap(SwapOptions{0}, [](int n) { return n + 10; }), atomos::ValidationError);
    atom.swap(SwapOptions{0}, [](int n) { return n + 1; });

    EXPECT_EQ(*atom.deref(), 8);
    EXPECT_EQ(heard, (std::vector<int>{7, 8}));
}

// (The oracle's would wait for each other.)
TEST(SwapOptionsOfThreads, two_functions_that_write_to_each_others_atoms_both_come_to_an_end) {
    atomos::Atom<int> a{0};
    atomos::Atom<int> b{0};
    std::latch both{2};
    const auto change = [&](auto& mine, auto& other) {
        bool first = true;
        mine.swap(SwapOptions{0}, [&](int n) {
            if (std::exchange(first, false)) both.arrive_and_wait();
            other.swap([](int m) { return m + 100; });
            return n + 1;
        });
    };

    atomos::testing::together(2, [&](int thread) { thread == 0 ? change(a, b) : change(b, a); });

    EXPECT_EQ(*a.deref() % 100, 1);
    EXPECT_EQ(*b.deref() % 100, 1);
}

TYPED_TEST(SwapOptionsLaws, a_negative_number_of_tries_is_named) {
    auto atom = TestFixture::Makes::atom(7);

    try {
        atom.swap(SwapOptions{.tries = -1}, [](int n) { return n + 1; });
        ADD_FAILURE() << "it was taken";
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "SwapOptions::tries is -1; allowed: 0 and more");
    }

    EXPECT_EQ(*atom.deref(), 7);
}

TYPED_TEST(SwapOptionsLaws, changes_of_many_threads_add_up_and_none_runs_too_often) {
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<int> most{0};

    atomos::testing::together(6, [&](int thread) {
        for (int i = 0; i < 200; ++i) {
            int runs = 0;
            atom.swap(SwapOptions{.tries = thread % 3}, [&](int n) {
                ++runs;
                std::this_thread::yield();
                return n + 1;
            });
            if (runs > thread % 3 + 1) most = runs;
        }
    });

    EXPECT_EQ(*atom.deref(), 1200);
    EXPECT_EQ(atom.version(), 1201U);
    EXPECT_EQ(most, 0);
}

}  // namespace
