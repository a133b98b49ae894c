/// \file
/// Threads end: with snapshots held, with values waiting, and with destructors that still use atoms.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomos/atomos.hpp>
#include <cstddef>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hazards/live.hpp"
#include "hazards/sanitizers.hpp"
#include "hazards/threads.hpp"

namespace {

using atomos::Atom;
using hazards::Live;
using hazards::next;
using Snapshot = Atom<Live>::Snapshot;

class ThreadExit : public testing::Test {
  protected:
    void TearDown() override {
        EXPECT_EQ(atomos::collect(), 0U);
        EXPECT_EQ(Live::alive(), 0);
    }
};

TEST_F(ThreadExit, while_a_snapshot_is_held_keeps_the_snapshots_value) {
    Atom<Live> atom{Live{1}};
    std::vector<Snapshot> kept;

    std::thread([&] {
        for (int i = 0; i < 12; ++i) kept.push_back(atom.deref());
        atom.swap(next);
    }).join();
    for (int i = 0; i < 200; ++i) atom.swap(next);

    for (const auto& snapshot : kept) ASSERT_TRUE(snapshot->whole() && snapshot->number() == 1);
    kept.clear();
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(ThreadExit, leaves_no_value_waiting_that_nobody_holds) {
    Atom<Live> atom{Live{1}};
    const hazards::IdleThreads others(2);

    std::thread([&] {
        for (int i = 0; i < 50; ++i) atom.swap(next);
    }).join();

    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(ThreadExit, leaves_what_is_held_to_whoever_retires_next) {
    Atom<Live> atom{Live{1}};
    Snapshot kept = atom.deref();
    std::thread([&] { atom.swap(next); }).join();
    EXPECT_EQ(Live::alive(), 2);

    kept = {};
    for (int i = 0; i < 100; ++i) atom.swap(next);

    EXPECT_LE(Live::alive(), 1 + 8);
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

Atom<Live>* used_late = nullptr;

/// Uses the atom when the thread's objects are destroyed.
struct UsesLate {
    Snapshot kept{};
    ~UsesLate() {
        EXPECT_TRUE(kept->whole());
        const long before = used_late->deref()->number();
        EXPECT_EQ(used_late->swap(next)->number(), before + 1);
        used_late->read([](const Live& value) { EXPECT_TRUE(value.whole()); });
    }
};
thread_local std::unique_ptr<UsesLate> made_before_the_first_look;
thread_local std::unique_ptr<UsesLate> made_after_the_first_look;

TEST_F(ThreadExit, destructors_of_thread_local_objects_may_use_atoms_in_any_order) {
    Atom<Live> atom{Live{0}};
    used_late = &atom;

    std::thread([&] {
        made_before_the_first_look = std::make_unique<UsesLate>();
        made_before_the_first_look->kept = atom.deref();
        atom.swap(next);
        made_after_the_first_look = std::make_unique<UsesLate>();
        made_after_the_first_look->kept = atom.deref();
    }).join();

    EXPECT_EQ(atom.deref()->number(), 3);
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(ThreadExit, a_thread_that_meets_atoms_only_in_its_last_destructors_ends_well) {
    Atom<Live> atom{Live{0}};
    used_late = &atom;
    const Snapshot seen = atom.deref();

    std::thread([&] {
        made_after_the_first_look = std::make_unique<UsesLate>();
        made_after_the_first_look->kept = Snapshot(seen);
    }).join();

    EXPECT_EQ(atom.deref()->number(), 1);
}

/// A key whose destructor uses the atom, in each of the rounds that the system allows.
struct Rounds {
    pthread_key_t key{};
    int left = 0;
};
Rounds rounds;

void use_in_key_destructor(void* again) {
    const Snapshot kept = used_late->deref();
    used_late->swap(next);
    EXPECT_TRUE(kept->whole());
    if (--rounds.left > 0) pthread_setspecific(rounds.key, again);
}

class KeyRounds : public ThreadExit, public testing::WithParamInterface<int> {};

TEST_P(KeyRounds, destructors_of_pthread_keys_may_use_atoms_in_so_many_rounds) {
    if (hazards::thread_sanitizer && GetParam() > 2) {
        GTEST_SKIP() << "ThreadSanitizer forgets the thread after the second round";
    }
    Atom<Live> atom{Live{0}};
    used_late = &atom;
    ASSERT_EQ(pthread_key_create(&rounds.key, use_in_key_destructor), 0);
    rounds.left = GetParam();

    std::thread([&] {
        static_cast<void>(atom.deref());
        pthread_setspecific(rounds.key, &atom);
    }).join();

    EXPECT_EQ(atom.deref()->number(), GetParam());
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
    pthread_key_delete(rounds.key);
}

INSTANTIATE_TEST_SUITE_P(SoMany, KeyRounds, testing::Values(1, 2, 3, 4),
                         [](const auto& n) { return std::to_string(n.param); });

TEST_F(ThreadExit, a_thousand_threads_at_once_each_change_and_keep_their_own) {
    constexpr int n = 1000;
    Atom<Live> atom{Live{0}};
    std::vector<Snapshot> kept(n);
    {
        std::latch all{n};
        std::vector<std::thread> threads;
        for (int i = 0; i < n; ++i) {
            threads.emplace_back([&, i] {
                all.arrive_and_wait();
                kept[static_cast<std::size_t>(i)] = atom.swap(next);
            });
        }
        for (auto& thread : threads) thread.join();
    }

    std::vector<bool> seen(n + 1);
    for (const auto& snapshot : kept) {
        ASSERT_TRUE(snapshot->whole());
        ASSERT_FALSE(seen[static_cast<std::size_t>(snapshot->number())]);
        seen[static_cast<std::size_t>(snapshot->number())] = true;
    }
    EXPECT_EQ(atom.deref()->number(), n);
    kept.clear();
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(ThreadExit, threads_one_after_another_use_the_same_few_records) {
    Atom<Live> atom{Live{0}};
    const auto threads = [&](int n) {
        for (int i = 0; i < n; ++i) std::thread([&] { atom.swap(next); }).join();
    };
    threads(10);
    const std::size_t before = atomos::detail::domain().record_count();

    threads(500);

    EXPECT_EQ(atomos::detail::domain().record_count(), before);
    EXPECT_EQ(atom.deref()->number(), 510);
}

TEST_F(ThreadExit, a_hundred_thousand_atoms_are_used_by_threads_and_end) {
    constexpr std::size_t n = 100'000;
    std::vector<std::unique_ptr<Atom<Live>>> atoms;
    for (std::size_t i = 0; i < n; ++i) atoms.push_back(std::make_unique<Atom<Live>>(Live{0}));
    std::vector<Snapshot> kept;
    for (std::size_t i = 0; i < n; i += 100) kept.push_back(atoms[i]->deref());

    std::vector<std::thread> threads;
    for (int k = 0; k < 2; ++k) {
        threads.emplace_back([&] {
            for (auto& atom : atoms) atom->swap(next);
        });
    }
    for (auto& thread : threads) thread.join();

    for (auto& atom : atoms) ASSERT_EQ(atom->deref()->number(), 2);
    atoms.clear();
    for (const auto& snapshot : kept) ASSERT_TRUE(snapshot->whole() && snapshot->number() == 0);
    atomos::collect();
    EXPECT_EQ(Live::alive(), static_cast<long>(kept.size()));
    kept.clear();
    EXPECT_EQ(atomos::collect(), 0U);
}

}  // namespace
