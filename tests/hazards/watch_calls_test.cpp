/// \file
/// Calls of watches on threads that a fork leaves behind, or that hold all their slots.
#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <string>
#include <thread>
#include <vector>

#include "hazards/child.hpp"
#include "hazards/sanitizers.hpp"

namespace {

using atomos::Atom;
using hazards::ended_well;
using hazards::status_of_child;

int increment(int n) { return n + 1; }

/// A thread that is inside of the atom's watch while it lives.
class InTheWatch {
  public:
    InTheWatch(Atom<int>& atom, int snapshots) {
        atom.add_watch("k", [this](const std::string&, auto&, int, int) {
            inside_ = true;
            inside_.notify_all();
            go_on_.wait(false);
        });
        thread_ = std::thread([&atom, snapshots] {
            std::vector<atomos::Snapshot<int>> held;
            held.reserve(10);
            for (int i = 0; i < snapshots; ++i) held.push_back(atom.deref());
            atom.swap(increment);
        });
        inside_.wait(false);
    }
    ~InTheWatch() {
        go_on_ = true;
        go_on_.notify_all();
        thread_.join();
    }
    InTheWatch(const InTheWatch&) = delete;
    InTheWatch& operator=(const InTheWatch&) = delete;

  private:
    std::atomic<bool> inside_{false};
    std::atomic<bool> go_on_{false};
    std::thread thread_;
};

class CallsAtAFork : public testing::TestWithParam<int> {};

TEST_P(CallsAtAFork, are_not_waited_for_in_the_child) {
    if (hazards::thread_sanitizer)
        GTEST_SKIP() << "ThreadSanitizer does not follow it into a child";
    Atom<int> atom{0};
    const InTheWatch other(atom, GetParam());

    const int status = status_of_child([&] {
        std::thread([] { Atom<int>(0).swap(increment); }).join();
        return atom.remove_watch_and_wait("k") && *atom.swap(increment) == 2 ? 0 : 1;
    });

    EXPECT_TRUE(ended_well(status));
}

INSTANTIATE_TEST_SUITE_P(OfSnapshots, CallsAtAFork, testing::Values(0, 10));

}  // namespace
