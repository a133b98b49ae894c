/// \file
/// Waiting for what another process does.
#include <atomic>
#include <atomos/process.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>

#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "process/place.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::process::Atom;
using atomos::process::AtomicBoolean;
using atomos::process::AtomicLong;
using atomos::process::AtomicReference;
using atomos::process::Region;
using crash::Gate;
using crash::Shared;
using hazards::ended_well;

class WaitTest : public testing::Test {
  protected:
    Region region = Region::anonymous({.bytes = 1 << 16});

    /// A child that runs f; it is waited for by over().
    pid_t begin(const std::function<int()>& f) {
        const pid_t child = fork();
        if (child != 0) return child;
        alarm(120);
        std::_Exit(f());
    }
    static int over(pid_t child) {
        int status = -1;
        waitpid(child, &status, 0);
        return status;
    }
    /// Returns when the child sleeps in the kernel.
    static void asleep(pid_t child) {
        const std::string file = "/proc/" + std::to_string(child) + "/stat";
        for (char state = 0; state != 'S';) {
            std::ifstream stat(file);
            const std::string line(std::istreambuf_iterator<char>(stat), {});
            state = line[line.rfind(')') + 2];
        }
    }
};

TEST_F(WaitTest, a_change_wakes_a_sleeper_in_another_process) {
    Atom<std::string> atom{region, "a", "zero"};
    AtomicReference<int> reference{region, "r", 0};
    const auto seen_atom = atom.deref();
    const auto seen_reference = reference.get();
    const pid_t waiting = begin([&] {
        if (*atom.wait(seen_atom) != "one") return 1;
        return *reference.wait(seen_reference) == 1 ? 0 : 2;
    });
    asleep(waiting);

    atom.reset("one");
    reference.set(1);

    EXPECT_TRUE(ended_well(over(waiting)));
}

TEST_F(WaitTest, two_processes_hand_a_turn_to_and_fro) {
    constexpr int turns = 2000;
    Atom<int> atom{region, "a", 0};
    const auto play = [&](int mine) {
        for (auto seen = atom.deref(); *seen < turns;) {
            seen = *seen % 2 == mine ? atom.reset(*seen + 1) : atom.wait(seen);
        }
        return 0;
    };

    const pid_t other = begin([&] { return play(1); });
    play(0);

    EXPECT_TRUE(ended_well(over(other)));
    EXPECT_EQ(*atom.deref(), turns);
    EXPECT_EQ(atom.version(), turns + 1U);
}

TEST_F(WaitTest, all_who_wait_are_woken) {
    Atom<int> atom{region, "a", 0};
    const auto seen = atom.deref();
    std::vector<pid_t> children;
    for (int i = 0; i < 5; ++i) {
        children.push_back(begin([&] { return *atom.wait(seen) == 1 ? 0 : 1; }));
    }
    for (const pid_t child : children) asleep(child);

    atom.reset(1);

    for (const pid_t child : children) EXPECT_TRUE(ended_well(over(child)));
}

TEST_F(WaitTest, a_wait_with_a_time_ends_without_a_change) {
    const Atom<int> atom{region, "a", 0};
    AtomicLong number{region, "n", 0};
    AtomicBoolean flag{region, "f", false};
    const auto begun = std::chrono::steady_clock::now();

    EXPECT_FALSE(atom.wait_for(atom.deref(), 20ms).has_value());
    EXPECT_FALSE(atom.wait_for(atom.deref(), -1s).has_value());
    EXPECT_FALSE(atom.wait_until(atom.deref(), begun).has_value());
    EXPECT_FALSE(number.wait_for(0, 20ms).has_value());
    EXPECT_FALSE(flag.wait_for(false, 20ms).has_value());

    EXPECT_GE(std::chrono::steady_clock::now() - begun, 60ms);
    EXPECT_EQ(number.wait_for(1, 0ms), 0);
}

TEST_F(WaitTest, a_value_that_flips_and_flips_back_is_not_missed) {
    Atom<bool> atom{region, "a", false};
    const auto seen = atom.deref();
    Shared<Gate> gate;
    const pid_t waiting = begin([&] {
        gate->pass();
        const auto now = atom.wait(seen);
        return !*now && now.version() == 3 ? 0 : 1;
    });

    atom.reset(true);
    atom.reset(false);
    gate->open();

    EXPECT_TRUE(ended_well(over(waiting)));
}

TEST_F(WaitTest, a_number_wakes_when_it_is_notified_and_has_changed) {
    AtomicLong number{region, "n", 0};
    AtomicBoolean flag{region, "f", false};
    const pid_t waiting = begin([&] {
        if (number.wait(0) != 5) return 1;
        return flag.wait(false) ? 0 : 2;
    });
    asleep(waiting);

    number.notify_all();
    number.set(5);
    number.notify_one();
    flag.set(true);
    flag.notify_all();

    EXPECT_TRUE(ended_well(over(waiting)));
}

TEST_F(WaitTest, a_change_that_was_not_notified_is_seen_in_the_end) {
    AtomicLong number{region, "n", 0};
    const pid_t waiting = begin([&] { return number.wait(0) == 5 ? 0 : 1; });
    asleep(waiting);

    number.set(5);

    EXPECT_TRUE(ended_well(over(waiting)));
}

TEST_F(WaitTest, a_waiter_that_was_killed_is_in_nobodys_way) {
    Atom<int> atom{region, "a", 0};
    AtomicLong number{region, "n", 0};
    for (int round = 1; round <= 5; ++round) {
        const auto seen = atom.deref();
        const pid_t killed = begin([&] { return *atom.wait(seen); });
        const pid_t killed_too = begin([&] { return static_cast<int>(number.wait(round - 1)); });
        const pid_t survivor = begin([&] { return *atom.wait(seen) == round ? 0 : 1; });
        for (const pid_t child : {killed, killed_too, survivor}) asleep(child);
        for (const pid_t child : {killed, killed_too}) {
            kill(child, SIGKILL);
            EXPECT_TRUE(WIFSIGNALED(over(child)));
        }

        atom.reset(round);
        number.set(round);
        number.notify_all();

        EXPECT_TRUE(ended_well(over(survivor)));
    }
    EXPECT_EQ(atom.version(), 6U);
}

TEST_F(WaitTest, of_changes_by_several_writers_a_waiter_misses_not_the_last) {
    constexpr int each = 500;
    Atom<int> atom{region, "a", 0};
    const auto first = atom.deref();
    const auto write = [&] {
        for (int i = 0; i < each; ++i) atom.swap([](int n) { return n + 1; });
        return 0;
    };
    const pid_t waiting = begin([&] {
        std::uint64_t version = 0;
        for (auto seen = first; *seen != 2 * each; seen = atom.wait(seen)) {
            if (seen.version() <= version) return 1;
            version = seen.version();
        }
        return 0;
    });

    const pid_t one = begin(write);
    const pid_t other = begin(write);

    for (const pid_t child : {one, other, waiting}) EXPECT_TRUE(ended_well(over(child)));
}

}  // namespace
