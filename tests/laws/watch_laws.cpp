/// \file
/// What watches hear: each change once, in order of registration, old really replaced by new.

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using Heard = std::vector<std::string>;

int increment(int n) { return n + 1; }

template <class Scope>
class WatchLaws : public laws::Law<Scope> {
  protected:
    /// A watch that notes its key.
    auto noting() {
        return [this](const std::string& key, auto&, int, int) { heard.push_back(key); };
    }

    Heard heard;
};
TYPED_TEST_SUITE(WatchLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(WatchLaws, a_watch_is_told_its_key_its_atom_the_value_before_and_the_value_after) {
    auto atom = TestFixture::Makes::atom(1);
    atom.add_watch("k", [&](const std::string& key, auto& ref, const auto& old, const auto& now) {
        EXPECT_EQ(&ref, &atom);
        EXPECT_EQ(old.version() + 1, now.version());
        this->heard.push_back(key + std::to_string(*old) + std::to_string(*now));
    });

    atom.swap(increment);
    atom.reset(5);

    EXPECT_EQ(this->heard, (Heard{"k12", "k25"}));
}

TYPED_TEST(WatchLaws, every_way_to_change_an_atom_is_heard_exactly_once) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("w", [&](const std::string&, auto&, int old, int now) {
        this->heard.push_back(std::to_string(old) + ">" + std::to_string(now));
    });

    atom.swap(increment);
    atom.swap_vals(increment);
    atom.reset(3);
    atom.reset_vals(4);
    atom.compare_and_set(4, 5);
    atom.compare_and_set(atom.deref(), 6);
    atom.try_swap([](int n) { return std::optional<int>(n + 1); });

    EXPECT_EQ(this->heard, (Heard{"0>1", "1>2", "2>3", "3>4", "4>5", "5>6", "6>7"}));
}

TYPED_TEST(WatchLaws, what_did_not_change_the_atom_is_not_heard) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("w", this->noting());
    const auto outdated = atom.deref();
    atom.reset(1);
    this->heard.clear();

    atom.compare_and_set(7, 8);
    atom.compare_and_set(outdated, 8);
    atom.try_swap([](int) { return std::optional<int>(); });
    EXPECT_THROW(atom.swap([](int) -> int { throw std::domain_error("no"); }), std::domain_error);
    atom.deref();

    EXPECT_EQ(this->heard, Heard{});
}

TYPED_TEST(WatchLaws, watches_run_in_the_order_in_which_they_were_added) {
    auto atom = TestFixture::Makes::atom(0);
    for (const char* key : {"z", "a", "m", "b"}) atom.add_watch(key, this->noting());

    atom.swap(increment);

    EXPECT_EQ(this->heard, (Heard{"z", "a", "m", "b"}));
}

TYPED_TEST(WatchLaws, a_key_that_is_added_again_keeps_its_place_and_has_the_new_function) {
    auto atom = TestFixture::Makes::atom(0);
    for (const char* key : {"a", "b", "c"}) atom.add_watch(key, this->noting());

    atom.add_watch(
        "b", [&](const std::string&, auto&, int, int) { this->heard.push_back("the new b"); });
    atom.swap(increment);

    EXPECT_EQ(this->heard, (Heard{"a", "the new b", "c"}));
    EXPECT_EQ(atom.get_watches().size(), 3U);
}

TYPED_TEST(WatchLaws, a_key_that_was_removed_and_is_added_again_comes_last) {
    auto atom = TestFixture::Makes::atom(0);
    for (const char* key : {"a", "b"}) atom.add_watch(key, this->noting());

    atom.remove_watch("a");
    atom.add_watch("a", this->noting());
    atom.swap(increment);

    EXPECT_EQ(this->heard, (Heard{"b", "a"}));
}

TYPED_TEST(WatchLaws, remove_watch_says_whether_there_was_one) {
    auto atom = TestFixture::Makes::atom(0);

    const bool before_any = atom.remove_watch("a");
    atom.add_watch("a", this->noting());
    const bool other = atom.remove_watch("b");
    const bool itself = atom.remove_watch("a");
    const bool again = atom.remove_watch("a");
    atom.swap(increment);

    EXPECT_FALSE(before_any);
    EXPECT_FALSE(other);
    EXPECT_TRUE(itself);
    EXPECT_FALSE(again);
    EXPECT_EQ(this->heard, Heard{});
}

TYPED_TEST(WatchLaws, a_watch_that_is_removed_during_a_round_is_not_called_any_more) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("first", [&](const std::string& key, auto& ref, int, int) {
        this->heard.push_back(key);
        ref.remove_watch("second");
        ref.remove_watch("first");
    });
    atom.add_watch("second", this->noting());
    atom.add_watch("third", this->noting());

    atom.swap(increment);
    atom.swap(increment);

    EXPECT_EQ(this->heard, (Heard{"first", "third", "third"}));
}

TYPED_TEST(WatchLaws, a_watch_that_is_added_during_a_round_hears_the_next_change_first) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("first", [&](const std::string& key, auto& ref, int, int) {
        this->heard.push_back(key);
        if (this->heard.size() == 1) ref.add_watch("added", this->noting());
    });

    atom.swap(increment);
    const Heard after_one = this->heard;
    atom.swap(increment);

    EXPECT_EQ(after_one, Heard{"first"});
    EXPECT_EQ(this->heard, (Heard{"first", "first", "added"}));
}

TYPED_TEST(WatchLaws, a_function_that_is_replaced_during_a_round_is_not_called_any_more) {
    auto atom = TestFixture::Makes::atom(0);
    bool replaced = false;
    atom.add_watch("first", [&](const std::string&, auto& ref, int, int) {
        if (std::exchange(replaced, true)) return;
        ref.add_watch("second", [&](const std::string&, auto&, int, int) {
            this->heard.push_back("the new second");
        });
    });
    atom.add_watch("second", this->noting());

    atom.swap(increment);
    const Heard after_one = this->heard;
    atom.swap(increment);

    EXPECT_EQ(after_one, Heard{});
    EXPECT_EQ(this->heard, Heard{"the new second"});
}

TYPED_TEST(WatchLaws, a_watch_that_is_added_by_a_mutator_hears_that_very_change) {
    auto atom = TestFixture::Makes::atom(0);

    atom.swap([&](int n) {
        atom.add_watch("w", this->noting());
        return n + 1;
    });

    EXPECT_EQ(this->heard, Heard{"w"});
}

TYPED_TEST(WatchLaws, a_watch_that_swaps_nests_its_round) {
    auto atom = TestFixture::Makes::atom(0);
    const auto note = [&](const std::string& key, auto&, int old, int now) {
        this->heard.push_back(key + std::to_string(old) + std::to_string(now));
    };
    atom.add_watch("a", [&](const std::string& key, auto& ref, int old, int now) {
        note(key, ref, old, now);
        if (now < 3) atom.swap(increment);
    });
    atom.add_watch("b", note);

    const auto now = atom.swap(increment);

    EXPECT_EQ(this->heard, (Heard{"a01", "a12", "a23", "b23", "b12", "b01"}));
    EXPECT_EQ(*now, 1);
    EXPECT_EQ(*atom.deref(), 3);
}

TYPED_TEST(WatchLaws, a_watch_sees_the_change_committed) {
    auto atom = TestFixture::Makes::atom(0);
    int seen = -1;
    atom.add_watch("w", [&](const std::string&, auto&, int, int) { seen = *atom.deref(); });

    atom.reset(7);

    EXPECT_EQ(seen, 7);
}

TYPED_TEST(WatchLaws, when_one_throws_all_run_and_the_error_holds_the_version_and_every_exception) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("a", [](const std::string&, auto&, int, int) { throw std::domain_error("A"); });
    atom.add_watch("b", this->noting());
    atom.add_watch("c", [](const std::string&, auto&, int, int) { throw 42; });

    try {
        atom.swap(increment);
        FAIL() << "swap did not throw";
    } catch (const atomos::WatchError& error) {
        EXPECT_EQ(error.version(), 2U);
        EXPECT_EQ(error.written(), atomos::Written::yes);
        ASSERT_EQ(error.failures().size(), 2U);
        EXPECT_EQ(error.failures()[0].key, "a");
        EXPECT_EQ(error.failures()[1].key, "c");
        EXPECT_THROW(std::rethrow_exception(error.failures()[0].error), std::domain_error);
        EXPECT_THROW(std::rethrow_exception(error.failures()[1].error), int);
        EXPECT_NE(std::string(error.what()).find("[a] A"), std::string::npos) << error.what();
    }

    EXPECT_EQ(this->heard, Heard{"b"});
    EXPECT_EQ(*atom.deref(), 1);
}

TYPED_TEST(WatchLaws, every_way_to_change_an_atom_throws_what_its_watches_threw_after_the_change) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("a", [](const std::string&, auto&, int, int) { throw std::domain_error("A"); });

    EXPECT_THROW(atom.reset(1), atomos::WatchError);
    EXPECT_THROW(atom.reset_vals(2), atomos::WatchError);
    EXPECT_THROW(atom.swap_vals(increment), atomos::WatchError);
    EXPECT_THROW(atom.compare_and_set(3, 4), atomos::WatchError);
    EXPECT_THROW(atom.compare_and_set(atom.deref(), 5), atomos::WatchError);
    EXPECT_THROW(atom.try_swap([](int n) { return std::optional<int>(n + 1); }),
                 atomos::WatchError);

    EXPECT_EQ(*atom.deref(), 6);
    EXPECT_EQ(atom.version(), 7U);
}

TYPED_TEST(WatchLaws, get_watches_is_a_copy_in_order) {
    auto atom = TestFixture::Makes::atom(0);
    EXPECT_TRUE(atom.get_watches().empty());
    atom.add_watch("b", this->noting());
    atom.add_watch("a", this->noting());

    const auto watches = atom.get_watches();
    atom.remove_watch("a");
    Heard keys;
    for (const auto& [key, function] : watches) keys.push_back(key);
    watches.at("a")("called by hand", atom, atom.deref(), atom.deref());

    EXPECT_EQ(keys, (Heard{"b", "a"}));
    EXPECT_TRUE(watches.contains("a"));
    EXPECT_THROW(watches.at("c"), std::out_of_range);
    EXPECT_EQ(this->heard, Heard{"called by hand"});
    EXPECT_FALSE(atom.get_watches().contains("a"));
}

TYPED_TEST(WatchLaws, an_empty_function_is_refused_and_nothing_is_added) {
    auto atom = TestFixture::Makes::atom(0);
    using IntAtom = decltype(atom);
    std::function<void(const std::string&, IntAtom&, const int&, const int&)> of_values;
    typename IntAtom::WatchFunction of_snapshots;

    EXPECT_THROW(atom.add_watch("k", of_values), std::invalid_argument);
    EXPECT_THROW(atom.add_watch("k", of_snapshots), std::invalid_argument);

    EXPECT_TRUE(atom.get_watches().empty());
}

TYPED_TEST(WatchLaws, notify_watches_tells_of_changes_that_somebody_else_made) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("w", [&](const std::string&, auto&, int old, int now) {
        this->heard.push_back(std::to_string(old) + std::to_string(now));
    });

    atom.notify_watches(3, 4);

    EXPECT_EQ(this->heard, Heard{"34"});
    EXPECT_EQ(*atom.deref(), 0);
}

TYPED_TEST(WatchLaws, watches_can_be_held_without_an_atom) {
    struct Sensor : atomos::ARef<int, TypeParam> {
        int reading = 0;
        void measured(int now) { this->notify_watches(std::exchange(reading, now), now); }
    };
    Sensor sensor;
    sensor.add_watch("w", [&](const std::string& key, auto& ref, int old, int now) {
        EXPECT_EQ(&ref, &sensor);
        this->heard.push_back(key + std::to_string(old) + std::to_string(now));
    });

    sensor.measured(5);

    EXPECT_EQ(this->heard, Heard{"w05"});
}

}  // namespace
