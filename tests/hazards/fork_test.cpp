/// \file
/// fork() in a program with threads: the child has one thread, and everybody else's looks are over.
#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <cstdint>
#include <cstdlib>
#include <latch>
#include <thread>
#include <vector>

#include "hazards/child.hpp"
#include "hazards/live.hpp"
#include "hazards/sanitizers.hpp"
#include "hazards/threads.hpp"
#include "support/seed.hpp"

namespace {

using atomos::Atom;
using hazards::BusyThreads;
using hazards::ended_well;
using hazards::Live;
using hazards::next;
using hazards::status_of_child;
using Snapshot = Atom<Live>::Snapshot;

class Fork : public testing::Test {
  protected:
    void SetUp() override {
        if (hazards::thread_sanitizer) {
            GTEST_SKIP()
                << "ThreadSanitizer does not follow a multithreaded program into a fork's child";
        }
    }
};

/// The child's part: looks, changes, threads and waits. 0: all is well.
int use_atoms(Atom<Live>& atom) {
    for (int i = 0; i < 200; ++i) {
        const Snapshot before = atom.deref();
        const Snapshot after = atom.swap(next);
        if (!before->whole() || after->number() != before->number() + 1) return 1;
        if (!atom.read([](const Live& value) { return value.whole(); })) return 2;
    }
    const long number = atom.deref()->number();
    std::thread changing([&] {
        for (int i = 0; i < 200; ++i) atom.swap(next);
    });
    for (int i = 0; i < 200; ++i) {
        if (!atom.deref()->whole()) return 3;
    }
    changing.join();
    if (atom.deref()->number() != number + 200) return 4;

    const Snapshot seen = atom.deref();
    std::thread waking([&] { atom.swap(next); });
    if (atom.wait(seen)->number() != seen->number() + 1) return 5;
    waking.join();
    return 0;
}

/// Forks while another thread is inside read(), and its value has been replaced.
void fork_beside_a_reader(Atom<Live>& atom, bool first_look) {
    std::latch reading{1};
    std::latch finish{1};
    std::thread reader([&] {
        if (!first_look) atom.read([](const Live&) {});
        atom.read([&](const Live& value) {
            reading.count_down();
            finish.wait();
            EXPECT_TRUE(value.whole());
        });
    });
    reading.wait();
    atom.swap(next);
    EXPECT_EQ(atomos::collect(), 1U);

    EXPECT_TRUE(ended_well(status_of_child([&] {
        if (atomos::collect() != 0) return 31;
        if (Live::alive() != 1) return 32;
        return use_atoms(atom);
    })));

    EXPECT_EQ(atomos::collect(), 1U);
    finish.count_down();
    reader.join();
}

TEST_F(Fork, what_a_vanished_thread_was_reading_is_reclaimed_in_the_child) {
    Atom<Live> atom{Live{1}};
    fork_beside_a_reader(atom, false);
}

TEST_F(Fork, what_a_vanished_thread_was_reading_for_the_first_time_is_reclaimed_in_the_child) {
    Atom<Live> atom{Live{1}};
    fork_beside_a_reader(atom, true);
}

TEST_F(Fork, a_snapshot_that_a_vanished_thread_took_stays_whole_in_the_child_until_it_is_dropped) {
    Atom<Live> atom{Live{1}};
    std::vector<Snapshot> kept;
    std::latch taken{1};
    std::latch finish{1};
    std::thread taking([&] {
        for (int i = 0; i < 10; ++i) {
            kept.push_back(atom.deref());
            atom.swap(next);
        }
        taken.count_down();
        finish.wait();
    });
    taken.wait();

    EXPECT_TRUE(ended_well(status_of_child([&] {
        if (const int wrong = use_atoms(atom)) return wrong;
        for (int i = 0; i < 10; ++i) {
            const Snapshot& one = kept[static_cast<std::size_t>(i)];
            if (!one->whole() || one->number() != i + 1) return 11;
        }
        kept.clear();
        if (atomos::collect() != 0) return 12;
        return Live::alive() == 1 ? 0 : 13;
    })));

    finish.count_down();
    taking.join();
    for (const auto& snapshot : kept) EXPECT_TRUE(snapshot->whole());
}

TEST_F(Fork, what_a_vanished_thread_had_retired_is_destroyed_in_the_child) {
    Atom<Live> atom{Live{1}};
    std::latch retired{1};
    std::latch finish{1};
    std::thread writing([&] {
        for (int i = 0; i < 20; ++i) atom.swap(next);
        retired.count_down();
        finish.wait();
    });
    retired.wait();

    EXPECT_TRUE(ended_well(status_of_child([&] {
        for (int i = 0; i < 20; ++i) atom.swap(next);
        return Live::alive() <= 1 + 8 ? 0 : 1;
    })));

    finish.count_down();
    writing.join();
}

TEST_F(Fork, a_thread_that_has_never_seen_an_atom_may_fork) {
    Atom<Live> atom{Live{1}};
    const BusyThreads reading(1, [&](int) { ASSERT_TRUE(atom.deref()->whole()); });

    std::thread([&] {
        EXPECT_TRUE(ended_well(status_of_child([&] { return use_atoms(atom); })));
    }).join();
}

TEST_F(Fork, inside_a_mutator_both_processes_finish_the_change) {
    Atom<Live> atom{Live{1}};
    const hazards::IdleThreads others(2);
    pid_t child = -1;

    const Snapshot now = atom.swap([&](const Live& value) {
        child = fork();
        return next(value);
    });
    if (child == 0) std::_Exit(now->number() == 2 ? use_atoms(atom) : 20);
    int status = -1;
    waitpid(child, &status, 0);

    EXPECT_TRUE(ended_well(status));
    EXPECT_EQ(now->number(), 2);
    EXPECT_EQ(atom.deref()->number(), 2);
}

TEST_F(Fork, inside_a_watch_both_processes_hear_the_rest_of_the_watches) {
    Atom<Live> atom{Live{1}};
    const hazards::IdleThreads others(2);
    pid_t child = -1;
    int heard = 0;
    atom.add_watch("fork", [&](const std::string&, auto&, const Live&, const Live&) {
        if (child == -1) child = fork();
    });
    atom.add_watch("after", [&](const std::string&, auto&, const Live&, const Live&) { ++heard; });

    atom.swap(next);
    if (child == 0) std::_Exit(heard == 1 ? use_atoms(atom) : 20);
    int status = -1;
    waitpid(child, &status, 0);

    EXPECT_TRUE(ended_well(status));
    EXPECT_EQ(heard, 1);
}

TEST_F(Fork, a_childs_childs_child_uses_atoms) {
    Atom<Live> atom{Live{1}};
    const BusyThreads reading(1, [&](int) { ASSERT_TRUE(atom.deref()->whole()); });

    const auto generation = [&](auto& self, int n) -> int {
        if (n == 0) return use_atoms(atom);
        const BusyThreads here(1, [&](int) { atom.read([](const Live& v) { return v.whole(); }); });
        return status_of_child([&] { return self(self, n - 1); });
    };

    EXPECT_TRUE(ended_well(status_of_child([&] { return generation(generation, 3); })));
}

TEST_F(Fork, a_child_of_waiting_threads_has_nobody_to_wake_and_waits_by_itself) {
    Atom<Live> atom{Live{1}};
    const Snapshot seen = atom.deref();
    std::vector<std::thread> waiting;
    for (int i = 0; i < 3; ++i)
        waiting.emplace_back([&] { EXPECT_EQ(atom.wait(seen)->number(), 2); });
    const auto& bucket = atomos::detail::domain().parking;
    const auto waiters = [&] {
        std::uint32_t sum = 0;
        for (const auto& one : bucket) sum += one.waiters.load();
        return sum;
    };
    while (waiters() != 3) std::this_thread::yield();

    EXPECT_TRUE(ended_well(status_of_child([&] {
        if (waiters() != 0) return 30;
        return use_atoms(atom);
    })));

    atom.swap(next);
    for (auto& thread : waiting) thread.join();
}

TEST_F(Fork, at_random_moments_beside_busy_threads_the_child_uses_atoms_and_ends) {
    if (hazards::address_sanitizer && hazards::compiled_by_gcc) {
        GTEST_SKIP() << "g++ 12's AddressSanitizer does not hold its allocator's locks over a fork";
    }
    auto random = atomos::testing::random_stream(0);
    Atom<Live> atom{Live{0}};
    Atom<Live> guarded{Live{0}};

    std::atomic<bool> child_has_the_machine{false};
    const BusyThreads reading(1, [&](int) {
        child_has_the_machine.wait(true);
        const Snapshot kept = atom.deref();
        atom.read([&](const Live& value) { ASSERT_TRUE(value.whole()); });
        ASSERT_TRUE(kept->whole());
    });
    const BusyThreads writing(2, [&](int) {
        child_has_the_machine.wait(true);
        atom.swap(next);
    });
    const BusyThreads guarding(1, [&](int i) {
        child_has_the_machine.wait(true);
        guarded.set_validator([](const Live& value) { return value.whole(); });
        guarded.reset(Live{i});
        atomos::collect();
    });
    // A sanitizer's memory makes a fork slow.
    constexpr int forks = hazards::address_sanitizer ? 40 : 200;
    for (int i = 0; i < forks; ++i) {
        const auto spins = atomos::testing::below(random, 20'000);
        for (std::uint64_t k = 0; k < spins; ++k) atomos::detail::pause();
        const pid_t child = fork();
        if (child == 0) {
            alarm(120);
            guarded.set_validator({});
            guarded.reset(Live{7});
            std::_Exit(use_atoms(atom));
        }
        child_has_the_machine.store(true);
        int status = -1;
        waitpid(child, &status, 0);
        child_has_the_machine.store(false);
        child_has_the_machine.notify_all();
        ASSERT_TRUE(ended_well(status)) << "at fork " << i;
    }
}

}  // namespace
