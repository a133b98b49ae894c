/// \file
/// fork() of a process that takes part in a region, with threads at work: the child takes part by
/// itself, and neither one's end harms the other.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <atomos/process.hpp>
#include <csignal>
#include <memory>
#include <thread>

#include "crash/directory.hpp"
#include "crash/fresh.hpp"
#include "crash/wide.hpp"
#include "hazards/sanitizers.hpp"
#include "hazards/threads.hpp"
#include "support/seed.hpp"

namespace {

namespace process = atomos::process;
using crash::Fresh;
using crash::Gate;
using crash::in_a_fresh_process;
using crash::Shared;
using crash::Wide;
using crash::Wrong;
using hazards::BusyThreads;
using process::Region;

Wide next(const Wide& value) { return Wide::of(value.number() + 1); }

/// A region's variables in a process.
struct Room {
    Region region;
    process::Atom<Wide> state{region, "state", Wide::of(0)};
    process::AtomicULong count{region, "count", 0};

    explicit Room(Region opened) : region(std::move(opened)) {}

    /// Uses everything. `swaps` are added to the state, and to the count.
    Wrong use(std::uint64_t swaps) {
        for (std::uint64_t i = 0; i < swaps; ++i) {
            const auto change = state.swap_vals(next);
            count.increment_and_get();
            if (!change.old->whole() || change.now->number() != change.old->number() + 1) {
                return "a swap is wrong";
            }
        }
        std::thread looking([this] { state.read([](const Wide&) {}); });
        looking.join();
        const auto seen = state.deref();
        std::thread waking([this] { state.swap(next); });
        const bool woken = state.wait(seen)->number() > seen->number();
        waking.join();
        count.increment_and_get();
        return woken ? "" : "a wait gives an old value";
    }

    bool is_alive(pid_t pid) const {
        const auto all = region.participants();
        return std::any_of(all.begin(), all.end(), [pid](const process::Participant& one) {
            return one.pid == pid && one.alive;
        });
    }
};

class ParticipantFork : public testing::Test {
  protected:
    void SetUp() override {
        if (hazards::thread_sanitizer) {
            GTEST_SKIP()
                << "ThreadSanitizer does not follow a multithreaded program into a fork's child";
        }
        directory_.enter();
    }

    static Region make() { return Region::create("fork", {.bytes = 64 << 10U}); }

  private:
    crash::Directory directory_;
};

TEST_F(ParticipantFork, beside_working_threads_children_change_what_their_parent_changes) {
    Room room(make());
    std::atomic<std::uint64_t> swaps{0};
    const auto work = [&](int) {
        room.state.swap(next);
        swaps.fetch_add(1);
    };
    {
        const BusyThreads working(2, work);

        for (int i = 0; i < 20; ++i) {
            EXPECT_EQ(in_a_fresh_process([&] { return room.use(50); }), "");
        }
    }

    EXPECT_EQ(room.count.get(), 20U * 51U);
    EXPECT_EQ(room.state.deref()->number(), swaps.load() + 20U * 51U);
    EXPECT_EQ(room.use(10), "");
}

TEST_F(ParticipantFork, a_child_that_is_killed_takes_nothing_of_its_parent_with_it) {
    auto random = atomos::testing::random_stream(0);
    Room room(make());
    room.state.reset(Wide::of(0));
    const Shared<Gate> begun;

    for (int i = 0; i < 60; ++i) {
        Fresh child([&]() -> Wrong {
            begun->open();
            for (;;) room.state.swap(next);
        });
        child.await(*begun);
        for (auto n = atomos::testing::below(random, 200); n > 0; --n) {
            ASSERT_TRUE(room.state.swap(next)->whole());
        }
        ASSERT_EQ(child.kill(), "");
        ASSERT_EQ(room.use(3), "");
        ASSERT_TRUE(Room(Region::open("fork")).is_alive(getpid()));
    }
    room.region.recover();

    EXPECT_EQ(room.region.space().left, 0U);
}

TEST_F(ParticipantFork, a_parent_that_is_killed_is_dead_though_its_idle_child_lives) {
    {
        const Region region = make();
    }
    const Shared<Gate> ready;
    const Shared<Gate> never;
    Fresh parent([&]() -> Wrong {
        Room room(Region::open("fork"));
        if (Wrong wrong = room.use(50); !wrong.empty()) return wrong;
        Fresh child([&]() -> Wrong {
            prctl(PR_SET_PDEATHSIG, 0);
            ready->open();
            never->pass();
            return {};
        });
        never->pass();
        return {};
    });
    parent.await(*ready);
    const pid_t pid = parent.pid();

    ASSERT_EQ(parent.kill(), "");

    Room room(Region::open("fork"));
    EXPECT_FALSE(room.is_alive(pid));
    room.region.recover();
    EXPECT_EQ(room.region.space().left, 0U);
    EXPECT_EQ(room.use(10), "");
    never->open();
}

TEST_F(ParticipantFork, inside_a_mutator_both_processes_finish_the_change) {
    Room room(make());
    room.state.reset(Wide::of(0));
    pid_t child = -1;

    const auto now = room.state.swap([&](const Wide& value) {
        if (child == -1) child = fork();
        return next(value);
    });
    if (child == 0) std::_Exit(now->whole() && room.use(5).empty() ? 0 : 1);
    int status = -1;
    waitpid(child, &status, 0);

    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(room.state.deref()->number(), 2U + 6U);
}

TEST_F(ParticipantFork, a_watch_hears_everyone_in_the_child_too) {
    Room room(make());
    std::atomic<std::uint64_t> heard{0};
    const auto hear = [&](std::uint64_t number) {
        for (auto last = heard.load(); last < number; last = heard.load()) heard.wait(last);
    };
    room.state.add_watch("everyone",
                         [&](const std::string&, auto&, const Wide&, const Wide& now) {
                             heard.store(now.number());
                             heard.notify_all();
                         },
                         {.everyone = true});
    room.state.reset(Wide::of(1));
    hear(1);

    const Shared<Gate> heard_in_the_child;
    Fresh child([&]() -> Wrong {
        room.state.reset(Wide::of(2));
        hear(2);
        heard_in_the_child->open();
        hear(3);
        return {};
    });
    child.await(*heard_in_the_child);
    hear(2);
    room.state.reset(Wide::of(3));
    hear(3);

    EXPECT_EQ(child.verdict(), "");
}

TEST_F(ParticipantFork, an_anonymous_region_is_shared_with_children_alone) {
    Room room(Region::anonymous({.bytes = 64 << 10U}));

    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(in_a_fresh_process([&] { return room.use(10); }), "");
    }

    EXPECT_EQ(room.count.get(), 5U * 11U);
    EXPECT_TRUE(Region::list().empty());
}

}  // namespace
