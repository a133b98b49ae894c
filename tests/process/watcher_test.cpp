/// \file
/// The thread that calls watches for everyone: when it lives, and what they may do to it.
#include <atomic>
#include <atomos/process.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "hazards/sanitizers.hpp"
#include "process/heard.hpp"

namespace {

using atomos::process::Region;
using hazards::ended_well;
using hazards::status_of_child;
using regions::everyone;
using regions::Heard;
using regions::IntAtom;

class WatcherTest : public regions::WatchTest {};

TEST_F(WatcherTest, an_atom_that_is_destroyed_waits_for_its_watch) {
    std::atomic<bool> inside{false};
    std::atomic<bool> over{false};
    crash::Shared<crash::Gate> in_it;
    auto mine = std::make_unique<IntAtom>(region, "a", 0);
    mine->add_watch(
        "slow",
        [&](auto&...) {
            inside = true;
            in_it->open();
            for (int i = 0; i < 1000; ++i) std::this_thread::yield();
            over = true;
        },
        everyone);

    atom.reset(1);
    in_it->pass();
    mine.reset();

    EXPECT_TRUE(inside);
    EXPECT_TRUE(over);
    no_watcher_thread_is_left();
}

TEST_F(WatcherTest, a_watch_may_destroy_its_atom) {
    crash::Shared<crash::Gate> done;
    auto* const mine = new IntAtom(region, "a", 0);
    mine->add_watch(
        "last",
        [&done](auto&, IntAtom& ref, auto&, auto&) {
            auto& gate = *done;
            delete &ref;
            gate.open();
        },
        everyone);

    atom.reset(1);

    done->pass();
    no_watcher_thread_is_left();
    EXPECT_EQ(*atom.deref(), 1);
}

TEST_F(WatcherTest, there_is_one_thread_for_all_of_them_and_none_without) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer has a thread of its own";
    EXPECT_EQ(regions::threads(), before);
    auto other_region = Region::anonymous({.bytes = 1 << 16});
    {
        IntAtom second{other_region, "b", 0};
        Heard heard[3];
        hear(atom, "1", heard[0]);
        hear(atom, "2", heard[1]);
        hear(second, "3", heard[2]);
        EXPECT_EQ(regions::threads(), before + 1);
        second.reset(1);
        heard[2].until(1);

        atom.remove_watch("1");
        atom.remove_watch("2");
        second.reset(2);
        heard[2].until(2);
        EXPECT_EQ(regions::threads(), before + 1);
    }
    no_watcher_thread_is_left();

    Heard again;
    hear(atom, "1", again);
    atom.reset(9);
    again.until(9);
}

TEST_F(WatcherTest, what_one_throws_goes_to_standard_error_and_stops_nobody) {
    Heard heard;
    atom.add_watch(
        "throws", [](auto&, IntAtom&, auto&, auto&) { throw std::domain_error("no good"); },
        everyone);
    atom.add_watch("throws too", [](auto&, IntAtom&, auto&, auto&) { throw 7; }, everyone);
    hear(atom, "hears", heard);

    testing::internal::CaptureStderr();
    EXPECT_NO_THROW(atom.reset(1));
    heard.until(1);
    other.write(2, 2);
    heard.until(2);
    atom.remove_watch("throws");
    const std::string said = testing::internal::GetCapturedStderr();

    EXPECT_NE(said.find("\"throws\""), std::string::npos) << said;
    EXPECT_NE(said.find("no good"), std::string::npos) << said;
    EXPECT_NE(said.find("\"throws too\""), std::string::npos) << said;
}

TEST_F(WatcherTest, in_a_forks_child_they_hear_by_a_thread_of_its_own) {
    if (hazards::thread_sanitizer) {
        GTEST_SKIP() << "ThreadSanitizer does not follow threads of a forked child";
    }
    Heard heard;
    hear(atom, "k", heard);
    atom.reset(1);
    heard.until(1);

    const int status = status_of_child([&] {
        atom.reset(2);
        heard.until(2);
        hear(atom, "more", heard);
        atom.reset(3);
        heard.until(3);
        return regions::threads() == 2 ? 0 : 1;
    });

    EXPECT_TRUE(ended_well(status));
    heard.until(3);
}

}  // namespace
