/// \file
/// When busy, reclamation is bounded: so many replaced values wait, and those that are held.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <atomos/atomos.hpp>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "hazards/live.hpp"
#include "hazards/threads.hpp"

namespace {

using atomos::Atom;
using hazards::BusyThreads;
using hazards::grow_quiet;
using hazards::IdleThreads;
using hazards::Live;
using hazards::next;

/// What GOALS.md allows: values that wait with one thread, and for each thread under write load.
constexpr long alone = 8;
constexpr long busy = 64;

/// The most values alive that a thread has met.
class Peak {
  public:
    void look() {
        const long now = Live::alive();
        long seen = peak_.load();
        while (seen < now && !peak_.compare_exchange_weak(seen, now)) {
        }
    }
    long value() const { return peak_.load(); }

  private:
    std::atomic<long> peak_{0};
};

/// Starts without a living value, so that one failure is not reported as many.
class Waiting : public testing::Test {
  protected:
    void SetUp() override {
        atomos::collect();
        ASSERT_EQ(Live::alive(), 0);
    }
};
using Collect = Waiting;

TEST_F(Waiting, with_one_thread_left_of_many_at_most_eight_replaced_values_wait) {
    Atom<Live> atom{Live{1}};
    {
        const IdleThreads others(10);
    }
    Peak peak;

    for (int i = 0; i < 10'000; ++i) {
        atom.swap(next);
        peak.look();
    }

    EXPECT_LE(peak.value(), 1 + alone);
}

TEST_F(Waiting, beside_idle_threads_a_quiet_swap_leaves_nothing_behind) {
    Atom<Live> atom{Live{1}};
    const IdleThreads others(4);

    for (int i = 0; i < 10; ++i) {
        grow_quiet();
        atom.swap(next);
        ASSERT_EQ(Live::alive(), 1);
    }
}

TEST_F(Waiting, beside_busy_readers_a_quiet_swap_leaves_at_most_what_they_read) {
    Atom<Live> atom{Live{1}};
    constexpr int readers = 2;
    const BusyThreads reading(
        readers, [&](int) { atom.read([](const Live& value) { ASSERT_TRUE(value.whole()); }); });

    for (int i = 0; i < 20; ++i) {
        grow_quiet();
        atom.swap(next);
        ASSERT_LE(Live::alive(), 1 + readers);
    }
}

TEST_F(Waiting, beside_idle_threads_a_busy_writer_leaves_at_most_64_values_waiting) {
    Atom<Live> atom{Live{1}};
    const IdleThreads others(4);
    Peak peak;

    for (int i = 0; i < 20'000; ++i) {
        atom.swap(next);
        peak.look();
    }

    EXPECT_LE(peak.value(), 1 + busy);
}

TEST_F(Waiting, under_write_load_at_most_64_values_a_thread_wait_and_those_that_are_held) {
    Atom<Live> atom{Live{1}};
    constexpr int writers = 3;
    constexpr int readers = 2;
    Peak peak;
    {
        std::atomic<long> left{60'000};
        std::latch finished{writers};
        std::vector<std::thread> threads;
        const BusyThreads reading(readers, [&](int) {
            const auto kept = atom.deref();
            atom.read([](const Live& value) { ASSERT_TRUE(value.whole()); });
            ASSERT_TRUE(kept->whole());
        });

        for (int i = 0; i < writers; ++i) {
            threads.emplace_back([&] {
                while (left.fetch_sub(1) > 0) {
                    atom.swap(next);
                    peak.look();
                }
                finished.count_down();
            });
        }
        finished.wait();
        for (auto& thread : threads) thread.join();
    }

    // Held: two by each reader, and by each writer what it saw, what it offers, and the mutator's result.
    EXPECT_LE(peak.value(), 1 + busy * writers + 2 * readers + 3 * writers);
}

TEST_F(Waiting, what_many_stalled_readers_hold_is_added_to_the_bound_and_does_not_widen_it) {
    constexpr int holders = 20;
    constexpr int each = 7;
    std::vector<std::unique_ptr<Atom<Live>>> atoms;
    for (int i = 0; i < holders * each; ++i) atoms.push_back(std::make_unique<Atom<Live>>(Live{i}));
    Atom<Live> written{Live{0}};
    Peak peak;
    std::latch attached{holders};
    std::latch finished{1};
    std::vector<std::thread> threads;
    for (int i = 0; i < holders; ++i) {
        threads.emplace_back([&, i] {
            std::vector<Atom<Live>::Snapshot> kept;
            for (int k = 0; k < each; ++k)
                kept.push_back(atoms[static_cast<std::size_t>(i * each + k)]->deref());
            attached.count_down();
            finished.wait();
            for (const auto& snapshot : kept) ASSERT_TRUE(snapshot->whole());
        });
    }
    attached.wait();
    for (auto& atom : atoms) atom->swap(next);

    for (int i = 0; i < 20'000; ++i) {
        written.swap(next);
        peak.look();
    }
    finished.count_down();
    for (auto& thread : threads) thread.join();

    EXPECT_LE(peak.value(), 1 + busy + 2 * holders * each);
}

TEST_F(Waiting, the_bound_is_the_same_after_a_thousand_threads_have_come_and_gone) {
    Atom<Live> atom{Live{1}};
    {
        const IdleThreads past(1000);
    }
    const IdleThreads others(1);
    Peak peak;

    for (int i = 0; i < 20'000; ++i) {
        atom.swap(next);
        peak.look();
    }

    EXPECT_LE(peak.value(), 1 + busy);
}

TEST_F(Collect, destroys_what_threads_have_retired_that_still_live) {
    Atom<Live> atom{Live{1}};
    std::latch retired{3};
    std::latch leave{1};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 40; ++k) atom.swap(next);
            retired.count_down();
            leave.wait();
        });
    }
    retired.wait();

    const std::size_t kept = atomos::collect();

    EXPECT_EQ(kept, 0U);
    EXPECT_EQ(Live::alive(), 1);
    leave.count_down();
    for (auto& thread : threads) thread.join();
}

TEST_F(Collect, says_how_many_values_are_held_and_destroys_them_later) {
    Atom<Live> atom{Live{1}};
    const IdleThreads others(2);
    std::vector<Atom<Live>::Snapshot> kept;
    for (int i = 0; i < 3; ++i) {
        kept.push_back(atom.deref());
        atom.swap(next);
    }

    EXPECT_EQ(atomos::collect(), 3U);
    EXPECT_EQ(Live::alive(), 4);

    kept.clear();
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(Collect, by_several_threads_at_once_beside_writers_and_readers_destroys_nothing_twice) {
    {
        Atom<Live> atom{Live{1}};
        BusyThreads reading(1, [&](int) { ASSERT_TRUE(atom.deref()->whole()); });
        BusyThreads writing(2, [&](int) { atom.swap(next); });

        {
            const BusyThreads collecting(2, [](int) { atomos::collect(); });
            for (int i = 0; i < 300; ++i) atomos::collect();
        }
        writing.stop();
        reading.stop();
        EXPECT_EQ(atomos::collect(), 0U);
        EXPECT_EQ(Live::alive(), 1);
    }

    EXPECT_EQ(Live::alive(), 0);
}

}  // namespace
