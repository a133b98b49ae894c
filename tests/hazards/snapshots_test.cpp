/// \file
/// Snapshots may be kept, copied, dropped anywhere, and be more than there are slots; a stalled reader
/// pins only what its slots name.
#include <gtest/gtest.h>

#include <atomos/atomos.hpp>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "hazards/live.hpp"
#include "hazards/threads.hpp"

namespace {

using atomos::Atom;
using hazards::BusyThreads;
using hazards::Live;
using hazards::next;
using Snapshot = Atom<Live>::Snapshot;

/// Ends without a living value.
class Snapshots : public testing::TestWithParam<int> {
  protected:
    void TearDown() override {
        atomos::collect();
        EXPECT_EQ(Live::alive(), 0);
    }
};

TEST_P(Snapshots, of_so_many_versions_each_stays_as_it_was) {
    const int n = GetParam();
    Atom<Live> atom{Live{0}};
    std::vector<Snapshot> kept;

    for (int i = 0; i < n; ++i) {
        kept.push_back(atom.deref());
        atom.swap(next);
    }

    EXPECT_EQ(Live::alive(), n + 1);
    for (int i = 0; i < n; ++i) {
        ASSERT_TRUE(kept[static_cast<std::size_t>(i)]->whole());
        ASSERT_EQ(kept[static_cast<std::size_t>(i)]->number(), i);
    }
    kept.clear();
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_P(Snapshots, of_one_version_any_number_may_be_dropped_in_any_order) {
    const int n = GetParam();
    Atom<Live> atom{Live{0}};
    std::vector<Snapshot> kept;
    for (int i = 0; i < n; ++i) kept.push_back(atom.deref());
    atom.swap(next);

    for (int i = 0; i < n - 1; ++i) {
        std::swap(kept[static_cast<std::size_t>(i) * 7919U % kept.size()], kept.back());
        kept.pop_back();
        ASSERT_TRUE(kept.front()->whole());
    }

    EXPECT_EQ(Live::alive(), 2);
    kept.clear();
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_P(Snapshots, may_be_dropped_on_another_thread_while_atoms_change) {
    const int n = GetParam();
    Atom<Live> atom{Live{0}};
    std::vector<Snapshot> kept;
    for (int i = 0; i < n; ++i) {
        kept.push_back(atom.deref());
        atom.swap(next);
    }

    std::thread dropping([moved = std::move(kept)]() mutable {
        for (auto& snapshot : moved) {
            ASSERT_TRUE(snapshot->whole());
            snapshot = {};
        }
    });
    for (int i = 0; i < n; ++i) atom.swap(next);
    dropping.join();

    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

INSTANTIATE_TEST_SUITE_P(SoMany, Snapshots, testing::Values(1, 7, 8, 100, 10'000),
                         [](const auto& n) { return std::to_string(n.param); });

/// The same, without a number.
class OneSnapshot : public Snapshots {};

TEST_F(OneSnapshot, outlives_its_atom_and_the_thread_that_took_it) {
    Snapshot kept;
    std::thread([&] {
        Atom<Live> atom{Live{42}};
        kept = atom.deref();
    }).join();

    atomos::collect();

    EXPECT_EQ(Live::alive(), 1);
    EXPECT_TRUE(kept->whole());
    EXPECT_EQ(kept->number(), 42);
}

TEST_F(OneSnapshot, that_outlived_its_thread_is_not_disturbed_by_the_thread_that_follows) {
    Atom<Live> atom{Live{0}};
    std::vector<Snapshot> kept(20);

    for (int i = 0; i < 20; ++i) {
        std::thread([&] {
            kept[static_cast<std::size_t>(i)] = atom.deref();
            atom.swap(next);
        }).join();
    }

    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(kept[static_cast<std::size_t>(i)]->whole());
        ASSERT_EQ(kept[static_cast<std::size_t>(i)]->number(), i);
    }
}

TEST_F(OneSnapshot, copied_by_many_threads_at_once_is_destroyed_once_and_last) {
    Atom<Live> atom{Live{1}};
    {
        const Snapshot original = atom.deref();
        const BusyThreads copying(3, [&](int) {
            Snapshot copy = original;
            Snapshot second = copy;
            copy = {};
            ASSERT_TRUE(second->whole());
            ASSERT_TRUE(second.same_as(original));
        });
        for (int i = 0; i < 5000; ++i) atom.swap(next);
        EXPECT_EQ(original->number(), 1);
    }

    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(OneSnapshot, assigned_to_itself_or_moved_keeps_its_value_alive_exactly_once) {
    Atom<Live> atom{Live{1}};
    Snapshot a = atom.deref();
    atom.swap(next);

    const Snapshot& same = a;
    a = same;
    Snapshot b = std::move(a);
    a = std::move(b);
    swap(a, b);

    EXPECT_TRUE(b->whole());
    EXPECT_FALSE(a);
    EXPECT_EQ(Live::alive(), 2);
    b = {};
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(OneSnapshot, taken_inside_read_outlives_the_read) {
    Atom<Live> atom{Live{1}};

    const Snapshot kept = atom.read([&](const Live&) { return atom.deref(); });
    for (int i = 0; i < 100; ++i) atom.swap(next);

    EXPECT_TRUE(kept->whole());
    EXPECT_EQ(kept->number(), 1);
}

/// Reads `depth` atoms, one inside the other, changes each under the reader, and looks at all of them.
void read_nested(std::vector<std::unique_ptr<Atom<Live>>>& atoms, std::size_t depth) {
    if (depth == atoms.size()) return;
    atoms[depth]->read([&](const Live& value) {
        const long before = value.number();
        atoms[depth]->swap(next);
        read_nested(atoms, depth + 1);
        ASSERT_TRUE(value.whole());
        ASSERT_EQ(value.number(), before);
    });
}

TEST_F(OneSnapshot, of_nested_reads_deeper_than_the_slots_each_sees_its_value_to_the_end) {
    std::vector<std::unique_ptr<Atom<Live>>> atoms;
    for (int i = 0; i < 100; ++i) atoms.push_back(std::make_unique<Atom<Live>>(Live{i}));

    for (int i = 0; i < 10; ++i) read_nested(atoms, 0);

    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 100);
}

TEST_F(OneSnapshot, of_nested_reads_beside_writers_each_sees_its_value_to_the_end) {
    std::vector<std::unique_ptr<Atom<Live>>> atoms;
    for (int i = 0; i < 20; ++i) atoms.push_back(std::make_unique<Atom<Live>>(Live{i}));
    {
        const BusyThreads writing(2, [&](int i) {
            for (auto& atom : atoms) atom->reset(Live{i});
        });
        for (int i = 0; i < 300; ++i) {
            // The nested swaps are the other threads' here.
            const auto look = [&](auto& self, std::size_t depth) -> void {
                if (depth == atoms.size()) return;
                atoms[depth]->read([&](const Live& value) {
                    self(self, depth + 1);
                    ASSERT_TRUE(value.whole());
                });
            };
            look(look, 0);
        }
    }
}

TEST_F(OneSnapshot, a_reader_that_stalls_inside_read_pins_the_value_that_it_reads_and_no_other) {
    Atom<Live> atom{Live{1}};
    Atom<Live> other{Live{1}};
    std::latch reading{1};
    std::latch finish{1};
    std::thread stalled([&] {
        other.read([](const Live&) {});
        atom.read([&](const Live& value) {
            reading.count_down();
            finish.wait();
            ASSERT_TRUE(value.whole());
            ASSERT_EQ(value.number(), 1);
        });
    });
    reading.wait();

    for (int i = 0; i < 1000; ++i) {
        atom.swap(next);
        other.swap(next);
    }

    EXPECT_EQ(atomos::collect(), 1U);
    EXPECT_EQ(Live::alive(), 3);
    finish.count_down();
    stalled.join();
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 2);
}

}  // namespace
