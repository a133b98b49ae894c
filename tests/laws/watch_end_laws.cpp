/// \file
/// The ends of watches: whoever waits for one finds no call running; a handle removes its watch.

#include <atomic>
#include <atomos/atomos.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "laws/postponed.hpp"
#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::Watching;
using atomos::testing::together;
using laws::Point;

int increment(int n) { return n + 1; }

template <class Scope>
class WatchEndLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(WatchEndLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(WatchEndLaws, no_call_is_running_when_a_watch_was_removed_with_waiting) {
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<bool> done{false};
    std::atomic<int> late{0};

    together(3, [&](int thread) {
        if (thread != 0) {
            while (!done) atom.swap(increment);
            return;
        }
        for (int i = 0; i < 200; ++i) {
            auto alive = std::make_shared<std::atomic<bool>>(true);
            atom.add_watch("k", [alive, &late](const std::string&, auto&, int, int) {
                for (int n = 0; n < 20; ++n) {
                    if (!*alive) ++late;
                }
            });
            atom.swap(increment);
            EXPECT_TRUE(atom.remove_watch_and_wait("k"));
            *alive = false;
        }
        done = true;
    });

    EXPECT_EQ(late, 0);
    EXPECT_FALSE(atom.remove_watch_and_wait("k"));
}

TYPED_TEST(WatchEndLaws, removing_with_waiting_returns_after_the_call_that_was_running) {
    auto atom = TestFixture::Makes::atom(0);
    Point inside;
    std::atomic<bool> over{false};
    atom.add_watch("k", [&](const std::string&, auto&, int, int) {
        inside.reach();
        for (int i = 0; i < 1000; ++i) std::this_thread::yield();
        over = true;
    });
    std::thread writer([&] { atom.swap(increment); });
    inside.await();

    atom.remove_watch_and_wait("k");

    EXPECT_TRUE(over);
    writer.join();
}

TYPED_TEST(WatchEndLaws, a_watch_may_remove_itself_with_waiting_at_any_depth) {
    auto atom = TestFixture::Makes::atom(0);
    int calls = 0;
    atom.add_watch("k", [&](const std::string& key, auto& ref, int, int now) {
        ++calls;
        if (now < 6) {
            ref.swap(increment);
        } else {
            EXPECT_TRUE(ref.remove_watch_and_wait(std::string(key)));
        }
    });

    atom.swap(increment);
    atom.swap(increment);

    EXPECT_EQ(calls, 6);
}

TYPED_TEST(WatchEndLaws, a_watch_whose_thread_has_its_slots_full_is_waited_for_as_well) {
    auto atom = TestFixture::Makes::atom(0);
    Point inside;
    std::atomic<bool> over{false};
    atom.add_watch("k", [&](const std::string&, auto&, int, int) {
        inside.reach();
        for (int i = 0; i < 1000; ++i) std::this_thread::yield();
        over = true;
    });
    std::thread writer([&] {
        auto threads = atomos::Atom<int>(0);
        std::vector<atomos::Snapshot<int>> held;
        held.reserve(10);
        for (int i = 0; i < 10; ++i) held.push_back(threads.deref());
        atom.swap(increment);
    });
    inside.await();

    atom.remove_watch_and_wait("k");

    EXPECT_TRUE(over);
    writer.join();
}

TYPED_TEST(WatchEndLaws, two_watches_that_remove_each_other_with_waiting_both_come_through) {
    for (int i = 0; i < 20; ++i) {
        auto one = TestFixture::Makes::atom(0);
        auto other = TestFixture::Makes::atom(0);
        Point in_one;
        Point in_other;
        one.add_watch("k", [&](const std::string&, auto&, int, int) {
            in_one.reach();
            in_other.await();
            other.remove_watch_and_wait("k");
        });
        other.add_watch("k", [&](const std::string&, auto&, int, int) {
            in_other.reach();
            in_one.await();
            one.remove_watch_and_wait("k");
        });

        together(2, [&](int thread) { (thread == 0 ? one : other).swap(increment); });

        EXPECT_TRUE(one.get_watches().empty());
        EXPECT_TRUE(other.get_watches().empty());
    }
}

TYPED_TEST(WatchEndLaws, what_an_executor_runs_is_waited_for_too) {
    auto atom = TestFixture::Makes::atom(0);
    Point inside;
    std::atomic<bool> over{false};
    std::thread thread;
    atom.add_watch(
        "k",
        [&](const std::string&, auto&, int, int) {
            inside.reach();
            for (int i = 0; i < 1000; ++i) std::this_thread::yield();
            over = true;
        },
        {.executor = [&](std::function<void()> task) { thread = std::thread(std::move(task)); }});
    atom.swap(increment);
    inside.await();

    atom.remove_watch_and_wait("k");

    EXPECT_TRUE(over);
    thread.join();
}

TYPED_TEST(WatchEndLaws, a_handle_removes_its_watch_when_it_ends) {
    auto atom = TestFixture::Makes::atom(0);
    int calls = 0;
    {
        const auto watching = atom.watching("k", [&](const std::string&, auto& ref, int, int) {
            EXPECT_EQ(&ref, &atom);
            ++calls;
        });
        atom.swap(increment);
        EXPECT_TRUE(watching);
    }
    atom.swap(increment);

    EXPECT_EQ(calls, 1);
    EXPECT_TRUE(atom.get_watches().empty());
}

TYPED_TEST(WatchEndLaws, a_handle_is_moved_and_removes_once_or_lets_its_watch_stay) {
    auto atom = TestFixture::Makes::atom(0);
    const auto nothing = [](const std::string&, auto&, int, int) {};
    auto first = atom.watching("first", nothing);
    auto second = atom.watching("second", nothing);
    auto third = atom.watching("third", nothing);

    Watching moved = std::move(first);
    second = std::move(moved);
    third.release();

    EXPECT_FALSE(first);
    EXPECT_TRUE(atom.get_watches().contains("first"));
    EXPECT_FALSE(atom.get_watches().contains("second"));
    EXPECT_TRUE(second.remove());
    EXPECT_FALSE(second.remove());
    EXPECT_EQ(atom.get_watches().size(), 1U);
    EXPECT_FALSE(third.remove());
    EXPECT_TRUE(atom.remove_watch("third"));
}

TYPED_TEST(WatchEndLaws, a_handle_leaves_alone_what_was_added_since_under_its_key) {
    auto atom = TestFixture::Makes::atom(0);
    int calls = 0;
    {
        const auto watching = atom.watching("k", [](const std::string&, auto&, int, int) {});
        atom.add_watch("k", [&](const std::string&, auto&, int, int) { ++calls; });
    }

    atom.swap(increment);

    EXPECT_EQ(calls, 1);
}

TYPED_TEST(WatchEndLaws, a_handle_may_outlive_its_atom) {
    Watching watching;
    {
        auto atom = TestFixture::Makes::atom(0);
        watching = atom.watching("k", [](const std::string&, auto&, int, int) {});
    }

    EXPECT_TRUE(watching);
    EXPECT_FALSE(watching.remove());
}

TYPED_TEST(WatchEndLaws, a_handle_may_end_inside_of_its_watch) {
    auto atom = TestFixture::Makes::atom(0);
    int calls = 0;
    Watching watching = atom.watching("k", [&](const std::string&, auto&, int, int) {
        ++calls;
        EXPECT_TRUE(watching.remove());
    });

    atom.swap(increment);
    atom.swap(increment);

    EXPECT_EQ(calls, 1);
}

}  // namespace
