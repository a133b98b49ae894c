/// \file
/// What watches for everyone hear of other processes, and in which order.
#include <atomic>
#include <atomos/process.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "process/heard.hpp"

namespace {

using atomos::process::Atom;
using Snapshot = regions::IntSnapshot;
using regions::everyone;
using regions::Heard;
using regions::IntAtom;

class WatchTest : public regions::WatchTest {};

TEST_F(WatchTest, one_for_everyone_hears_of_another_process_in_version_order_and_ends_on_the_last) {
    Heard heard;
    hear(atom, "k", heard);

    other.write(1, 2000);
    const auto told = heard.until(2000);

    std::uint64_t version = 1;
    for (const auto& [old, now] : told) {
        EXPECT_EQ(old.version(), version);
        EXPECT_GT(now.version(), old.version());
        version = now.version();
        EXPECT_EQ(static_cast<std::uint64_t>(*now) + 1, version);
    }
    EXPECT_EQ(version, 2001U);
}

TEST_F(WatchTest, one_that_is_late_is_told_of_the_last_value_and_of_what_it_was_told_before) {
    Heard heard;
    crash::Shared<crash::Gate> in_it;
    crash::Shared<crash::Gate> go_on;
    atom.add_watch(
        "late",
        [&](auto& key, auto& ref, auto& old, auto& now) {
            heard(key, ref, old, now);
            if (*now == 1) {
                in_it->open();
                go_on->pass();
            }
        },
        everyone);

    other.write(1, 1);
    in_it->pass();
    other.write(1, 50);
    go_on->open();
    const auto told = heard.until(50);

    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(*told[1].first, 1);
    EXPECT_EQ(told[1].second.version(), 52U);
}

TEST_F(WatchTest, one_for_everyone_hears_of_its_own_process_too_and_each_change_once) {
    Heard heard;
    hear(atom, "k", heard);

    for (int i = 1; i <= 5; ++i) {
        atom.reset(i);
        heard.until(i);
    }

    EXPECT_EQ(heard.count(), 5U);
}

TEST_F(WatchTest, one_for_this_process_does_not_hear_of_others) {
    Heard mine;
    Heard all;
    atom.add_watch("mine", [&](auto&... told) { mine(told...); });
    hear(atom, "all", all);

    other.write(1, 3);
    all.until(3);
    atom.reset(4);

    EXPECT_EQ(mine.until(4).size(), 1U);
    all.until(4);
}

TEST_F(WatchTest, a_value_that_stood_before_it_was_added_is_not_news) {
    atom.reset(7);
    Heard heard;
    hear(atom, "k", heard);

    atom.reset(8);

    const auto told = heard.until(8);
    EXPECT_EQ(told.size(), 1U);
    EXPECT_EQ(*told[0].first, 7);
}

TEST_F(WatchTest, the_same_key_replaces_and_a_removed_one_is_not_called_again) {
    Heard first;
    Heard second;
    Heard third;
    hear(atom, "k", first);
    hear(atom, "k", second);
    hear(atom, "other", third);
    EXPECT_EQ(atom.get_watches().size(), 2U);

    atom.reset(1);
    second.until(1);
    third.until(1);
    EXPECT_TRUE(atom.remove_watch("k"));
    EXPECT_FALSE(atom.remove_watch("k"));
    atom.reset(2);
    third.until(2);

    EXPECT_EQ(first.count(), 0U);
    EXPECT_EQ(second.count(), 1U);
}

TEST_F(WatchTest, a_watch_may_remove_itself_add_another_and_change_the_atom) {
    Heard third;
    atom.add_watch(
        "once",
        [&](auto&, IntAtom& ref, const Snapshot&, const Snapshot& now) {
            ref.remove_watch("once");
            hear(ref, "other", third);
            ref.reset(*now + 100);
        },
        everyone);

    other.write(1, 1);

    third.until(101);
    EXPECT_EQ(*atom.deref(), 101);
    EXPECT_EQ(atom.get_watches().size(), 1U);
}

TEST_F(WatchTest, one_for_everyone_that_is_once_hears_one_change_and_is_removed) {
    Heard heard;
    Heard other_watch;
    atom.add_watch("once", [&](auto&... told) { heard(told...); },
                   {.everyone = true, .once = true});
    hear(atom, "all", other_watch);

    other.write(1, 1);
    heard.until(1);
    other.write(2, 2);
    other_watch.until(2);

    EXPECT_EQ(heard.count(), 1U);
    EXPECT_EQ(atom.get_watches().size(), 1U);
}

TEST_F(WatchTest, one_for_everyone_is_called_where_its_executor_says) {
    Heard heard;
    std::atomic<int> tasks{0};
    atom.add_watch("k", [&](auto&... told) { heard(told...); },
                   {.everyone = true, .executor = [&](std::function<void()> task) {
                        ++tasks;
                        std::thread(std::move(task)).join();
                    }});

    other.write(1, 300);
    const auto told = heard.until(300);

    std::uint64_t version = 1;
    for (const auto& [old, now] : told) {
        EXPECT_EQ(old.version(), version);
        EXPECT_GT(now.version(), old.version());
        version = now.version();
    }
    EXPECT_GT(tasks, 0);
}

TEST_F(WatchTest, of_a_codecs_type_the_values_are_told) {
    Atom<std::string> text{region, "t", "zero"};
    crash::Shared<crash::Gate> go;
    const pid_t child = fork();
    if (child == 0) {
        alarm(120);
        go->pass();
        text.reset("one");
        std::_Exit(0);
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::string last;
    text.add_watch(
        "k",
        [&](const std::string&, auto&, const std::string& old, const std::string& now) {
            const std::lock_guard lock(mutex);
            last = old + " -> " + now;
            changed.notify_all();
        },
        everyone);

    go->open();

    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return last == "zero -> one"; });
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_TRUE(hazards::ended_well(status));
}

}  // namespace
