/// \file
/// A thread that holds others off is interrupted: by a fork, a cancellation, a signal.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomos/transact.hpp>
#include <csignal>
#include <functional>
#include <latch>
#include <thread>
#include <tuple>
#include <utility>

#include "hazards/child.hpp"
#include "hazards/live.hpp"
#include "hazards/sanitizers.hpp"

namespace {

using atomos::Atom;
using atomos::SwapOptions;
using hazards::ended_well;
using hazards::Live;
using hazards::next;
using hazards::status_of_child;

auto next_of_each(const Live& a, const Live& b) { return std::pair(next(a), next(b)); }

class Held : public testing::Test {
  protected:
    Atom<Live> a{Live(1)};
    Atom<Live> b{Live(1)};

    /// Runs f while another thread holds both atoms.
    void while_both_are_held(const std::function<void()>& f) {
        std::latch held{1};
        std::latch finish{1};
        std::thread holder([&] {
            atomos::transact(
                SwapOptions{0},
                [&](const Live& x, const Live& y) {
                    held.count_down();
                    finish.wait();
                    return next_of_each(x, y);
                },
                a, b);
        });
        held.wait();
        f();
        finish.count_down();
        holder.join();
    }

    /// In a child: 0 if all goes on from the values that stood.
    int go_on() {
        if (a.deref()->number() != 1 || b.deref()->number() != 1) return 1;
        if (a.swap(next)->number() != 2) return 2;
        if (b.swap(SwapOptions{0}, next)->number() != 2) return 3;
        const auto [x, y] = atomos::transact(next_of_each, a, b);
        if (x->number() != 3 || y->number() != 3) return 4;
        return a.version() == 3 && b.version() == 3 ? 0 : 5;
    }
};

TEST_F(Held, atoms_are_free_in_the_child_of_a_fork_that_left_their_holder_behind) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer does not follow into a child";

    while_both_are_held([&] { EXPECT_TRUE(ended_well(status_of_child([&] { return go_on(); }))); });

    EXPECT_EQ(a.deref()->number(), 2);
    EXPECT_EQ(b.version(), 2U);
}

TEST_F(Held, atoms_may_end_in_such_a_child) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer does not follow into a child";

    while_both_are_held([&] {
        EXPECT_TRUE(ended_well(status_of_child([&] {
            std::destroy_at(&a);
            std::destroy_at(&b);
            atomos::collect();
            return 0;
        })));
    });
}

TEST_F(Held, swap_goes_on_in_the_child_that_its_own_function_forks) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer does not follow into a child";
    int status = -1;

    a.swap(SwapOptions{0}, [&](const Live& value) {
        status = status_of_child([&] {
            if (a.deref()->number() != 1) return 1;
            if (b.swap(next)->number() != 2) return 2;
            std::thread([&] { a.swap(next); }).join();
            return a.deref()->number() == 2 ? 0 : 3;
        });
        return next(value);
    });

    EXPECT_TRUE(ended_well(status));
    EXPECT_EQ(a.deref()->number(), 2);
}

TEST_F(Held, atoms_are_free_when_their_holder_is_cancelled) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer loses a cancelled thread";
    std::latch held{1};
    std::thread holder([&] {
        a.swap(SwapOptions{0}, [&](const Live& value) {
            held.count_down();
            for (;;) pthread_testcancel();
            return next(value);
        });
    });
    held.wait();

    pthread_cancel(holder.native_handle());

    EXPECT_EQ(a.swap(next)->number(), 2);
    holder.join();
    EXPECT_EQ(a.version(), 2U);
}

TEST_F(Held, values_are_destroyed_once_and_none_is_left) {
    {
        Atom<Live> c{Live(1)};
        for (int i = 0; i < 100; ++i) {
            c.swap(SwapOptions{0}, next);
            atomos::transact(SwapOptions{i % 2}, next_of_each, a, c);
        }
        EXPECT_EQ(c.deref()->number(), 201);
    }
    atomos::collect();

    EXPECT_EQ(Live::alive(), 2);
}

}  // namespace
