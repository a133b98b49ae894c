/// \file
/// pthread_cancel while a thread is in a callback: the stack unwinds, nothing is half done, and the atom
/// goes on working.
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <atomos/atomos.hpp>
#include <functional>
#include <latch>
#include <string>
#include <vector>

#include "hazards/live.hpp"
#include "hazards/sanitizers.hpp"

namespace {

using atomos::Atom;
using hazards::Live;
using hazards::next;

class Cancellation : public testing::Test {
  protected:
    void SetUp() override {
        if (hazards::thread_sanitizer) {
            GTEST_SKIP() << "ThreadSanitizer's runtime does not unwind a cancelled thread";
        }
    }
    void TearDown() override {
        atomos::collect();
        EXPECT_EQ(Live::alive(), 0);
    }
};

/// Tells that it is here, and stays until it is cancelled.
class Trap {
  public:
    void stay() {
        here_.count_down();
        for (;;) pause();
    }
    void wait() { here_.wait(); }

  private:
    std::latch here_{1};
};

/// Runs f on a thread, cancels it when the trap has caught it, and says whether it was unwound.
bool cancelled_in(Trap& trap, const std::function<void()>& f) {
    struct Run {
        const std::function<void()>& f;
        bool unwound = false;
    } run{f};
    pthread_t thread{};
    pthread_create(
        &thread, nullptr,
        [](void* data) -> void* {
            struct Unwound {
                bool& flag;
                ~Unwound() { flag = true; }
            } const unwound{static_cast<Run*>(data)->unwound};
            static_cast<Run*>(data)->f();
            return nullptr;
        },
        &run);
    trap.wait();
    pthread_cancel(thread);
    void* result = nullptr;
    pthread_join(thread, &result);
    return run.unwound && result == PTHREAD_CANCELED;
}

TEST_F(Cancellation, in_a_mutator_changes_nothing) {
    Atom<Live> atom{Live{1}};
    Trap trap;

    EXPECT_TRUE(cancelled_in(trap, [&] {
        const auto kept = atom.deref();
        atom.swap([&](const Live& value) {
            trap.stay();
            return next(value);
        });
    }));

    EXPECT_EQ(atom.deref()->number(), 1);
    EXPECT_EQ(atom.swap(next)->number(), 2);
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(Cancellation, in_a_watch_leaves_the_change_committed) {
    Atom<Live> atom{Live{1}};
    Trap trap;
    int heard = 0;
    atom.add_watch("trap", [&](const std::string&, auto&, const Live&, const Live& now) {
        if (now.number() == 2) trap.stay();
        ++heard;
    });

    EXPECT_TRUE(cancelled_in(trap, [&] { atom.swap(next); }));

    EXPECT_EQ(atom.swap(next)->number(), 3);
    EXPECT_EQ(heard, 1);
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(Cancellation, in_a_validator_changes_nothing) {
    Atom<Live> atom{Live{1}};
    Trap trap;
    atom.set_validator([&](const Live& value) {
        if (value.number() == 2) trap.stay();
        return true;
    });

    EXPECT_TRUE(cancelled_in(trap, [&] { atom.swap(next); }));

    EXPECT_EQ(atom.reset(Live{3})->number(), 3);
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(Cancellation, inside_read_ends_the_look) {
    Atom<Live> atom{Live{1}};
    Trap trap;

    EXPECT_TRUE(cancelled_in(trap, [&] {
        atom.read([](const Live&) {});
        atom.read([&](const Live&) { trap.stay(); });
    }));
    atom.swap(next);

    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(Cancellation, of_a_thread_that_holds_snapshots_drops_them) {
    Atom<Live> atom{Live{1}};
    Trap trap;

    EXPECT_TRUE(cancelled_in(trap, [&] {
        std::vector<Atom<Live>::Snapshot> kept;
        for (int i = 0; i < 20; ++i) kept.push_back(atom.deref());
        atom.swap(next);
        trap.stay();
    }));

    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

}  // namespace
