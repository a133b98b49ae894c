/// \file
/// When quiet, reclamation is prompt: a value that nobody holds is destroyed when the call returns. No test
/// of this binary makes a thread.
#include <gtest/gtest.h>

#include <atomos/atomos.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "hazards/live.hpp"

namespace {

using atomos::Atom;
using atomos::AtomicReference;
using hazards::Live;
using hazards::next;

/// Starts and ends without a living value, so that one failure is not reported as many.
class PromptWithOneThread : public testing::Test {
  protected:
    void SetUp() override {
        atomos::collect();
        ASSERT_EQ(Live::alive(), 0);
    }
};

TEST_F(PromptWithOneThread, a_value_that_swap_replaced_is_destroyed_when_swap_returns) {
    Atom<Live> atom{Live{1}};

    for (int i = 0; i < 1000; ++i) {
        atom.swap(next);
        ASSERT_EQ(Live::alive(), 1);
    }
}

TEST_F(PromptWithOneThread,
       a_value_that_reset_or_try_swap_or_compare_and_set_replaced_is_destroyed_when_it_returns) {
    Atom<Live> atom{Live{1}};

    for (int i = 0; i < 100; ++i) {
        atom.reset(Live{7});
        ASSERT_EQ(Live::alive(), 1);
        ASSERT_TRUE(atom.compare_and_set(Live{7}, Live{8}));
        ASSERT_EQ(Live::alive(), 1);
        ASSERT_TRUE(atom.try_swap([](const Live&) { return std::optional<Live>(Live{9}); }).won);
        ASSERT_EQ(Live::alive(), 1);
    }
}

TEST_F(PromptWithOneThread,
       a_value_that_set_or_update_and_get_replaced_is_destroyed_when_it_returns) {
    AtomicReference<Live> reference{Live{1}};

    for (int i = 0; i < 100; ++i) {
        reference.set(Live{7});
        ASSERT_EQ(Live::alive(), 1);
        reference.update_and_get(next);
        ASSERT_EQ(Live::alive(), 1);
        reference.accumulate_and_get(5, [](const Live& v, int x) { return Live(v.number() + x); });
        ASSERT_EQ(Live::alive(), 1);
    }
}

TEST_F(PromptWithOneThread, the_old_value_of_swap_vals_is_destroyed_when_its_snapshot_is_dropped) {
    Atom<Live> atom{Live{1}};

    for (int i = 0; i < 100; ++i) {
        {
            const auto change = atom.swap_vals(next);
            ASSERT_EQ(change.old->number() + 1, change.now->number());
            ASSERT_EQ(Live::alive(), 2);
        }
        ASSERT_EQ(Live::alive(), 1);
        static_cast<void>(atom.reset_vals(Live{1}));
        ASSERT_EQ(Live::alive(), 1);
    }
}

TEST_F(PromptWithOneThread,
       the_old_value_of_get_and_set_is_destroyed_when_its_snapshot_is_dropped) {
    AtomicReference<Live> reference{Live{1}};

    for (int i = 0; i < 100; ++i) {
        {
            const auto old = reference.get_and_set(Live{2});
            ASSERT_EQ(Live::alive(), 2);
        }
        ASSERT_EQ(Live::alive(), 1);
        static_cast<void>(reference.get_and_update(next));
        ASSERT_EQ(Live::alive(), 1);
    }
}

TEST_F(PromptWithOneThread, the_old_value_that_a_watch_was_shown_is_destroyed_when_swap_returns) {
    Atom<Live> atom{Live{1}};
    long in_watch = 0;
    atom.add_watch("count", [&](const std::string&, auto&, const Live&, const Live&) {
        in_watch = Live::alive();
    });

    for (int i = 0; i < 100; ++i) {
        atom.swap(next);
        ASSERT_EQ(in_watch, 2);
        ASSERT_EQ(Live::alive(), 1);
    }
}

TEST_F(PromptWithOneThread, an_old_value_that_a_watch_kept_is_destroyed_when_the_watch_lets_it_go) {
    Atom<Live> atom{Live{1}};
    Atom<Live>::Snapshot kept;
    atom.add_watch("keep", [&](const std::string&, auto&, const Atom<Live>::Snapshot& old,
                               const Atom<Live>::Snapshot&) { kept = old; });

    atom.swap(next);
    EXPECT_EQ(Live::alive(), 2);
    EXPECT_EQ(kept->number(), 1);

    kept = {};
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(PromptWithOneThread, a_snapshot_pins_its_own_value_and_no_other) {
    Atom<Live> atom{Live{1}};
    auto kept = atom.deref();

    for (int i = 0; i < 100; ++i) {
        atom.swap(next);
        ASSERT_EQ(Live::alive(), 2);
    }
    EXPECT_EQ(kept->number(), 1);
    EXPECT_TRUE(kept->whole());

    kept = {};
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(PromptWithOneThread, a_dropped_snapshots_value_waits_for_the_next_change_at_most) {
    Atom<Live> atom{Live{1}};
    auto kept = atom.deref();
    atom.swap(next);

    kept = {};
    atom.swap(next);

    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(PromptWithOneThread, a_value_that_never_got_in_is_destroyed_when_the_call_returns) {
    Atom<Live> atom{Live{1}};
    const auto seen = atom.deref();
    atom.swap(next);
    atom.set_validator([](const Live& value) { return value.number() >= 0; });
    const long before = Live::alive();

    EXPECT_FALSE(atom.compare_and_set(seen, Live{3}));
    EXPECT_FALSE(atom.compare_and_set(Live{99}, Live{3}));
    EXPECT_THROW(atom.reset(Live{-1}), atomos::ValidationError);
    EXPECT_THROW(atom.swap([](const Live&) -> Live { throw 1; }), int);

    EXPECT_EQ(Live::alive(), before);
}

TEST_F(PromptWithOneThread, an_atoms_last_value_is_destroyed_with_it) {
    {
        Atom<Live> atom{Live{1}};
        atom.swap(next);
    }

    EXPECT_EQ(Live::alive(), 0);
}

TEST_F(PromptWithOneThread, a_validator_that_was_replaced_is_destroyed_when_set_validator_returns) {
    Atom<int> atom{1};
    const auto guard = [held = Live{1}](int) { return held.whole(); };

    for (int i = 0; i < 20; ++i) atom.set_validator(guard);
    EXPECT_EQ(Live::alive(), 2);

    atom.set_validator({});
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(PromptWithOneThread, a_watch_that_was_removed_is_destroyed_when_remove_watch_returns) {
    Atom<int> atom{1};
    const auto watch = [held = Live{1}](const std::string&, auto&, int, int) {
        static_cast<void>(held.whole());
    };

    for (int i = 0; i < 20; ++i) atom.add_watch("same key", watch);
    EXPECT_EQ(Live::alive(), 2);

    EXPECT_TRUE(atom.remove_watch("same key"));
    EXPECT_EQ(Live::alive(), 1);
}

}  // namespace
