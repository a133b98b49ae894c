/// \file
/// A cursor's watches and waits go by its part.

#include <atomic>
#include <atomos/cursor.hpp>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "laws/person.hpp"
#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::cursor;
using atomos::testing::together;
using laws::ann;
using laws::Person;

template <class Scope>
using CursorWatchLaws = laws::Law<Scope>;
TYPED_TEST_SUITE(CursorWatchLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(CursorWatchLaws, a_watch_of_a_part_hears_when_the_part_changed_and_only_then) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    std::vector<std::pair<int, int>> heard;
    age.add_watch("years", [&](const std::string&, auto& ref, const auto& old, const auto& now) {
        EXPECT_EQ(*ref.deref(), *now);
        heard.emplace_back(*old, *now);
    });

    age.reset(31);
    age.reset(31);
    cursor(person, &Person::home).reset({});
    person.reset(Person{32, {}});

    EXPECT_EQ(heard, (std::vector<std::pair<int, int>>{{30, 31}, {31, 32}}));
}

TYPED_TEST(CursorWatchLaws, a_removed_watch_of_a_part_hears_nothing_more) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    int heard = 0;
    age.add_watch("k", [&](const std::string&, auto&, int, int) { ++heard; });
    const auto copy_of_the_cursor = [&] { return age; };

    age.reset(1);
    const bool removed = copy_of_the_cursor().remove_watch("k");
    age.reset(2);

    EXPECT_TRUE(removed);
    EXPECT_FALSE(age.remove_watch("k"));
    EXPECT_EQ(heard, 1);
}

TYPED_TEST(CursorWatchLaws, the_same_key_of_two_cursors_is_two_watches_and_of_one_cursor_one) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    auto again = cursor(person, &Person::age);
    std::string heard;
    const auto say = [&](char who) {
        return [&heard, who](const std::string&, auto&, int, int) { heard += who; };
    };

    age.add_watch("k", say('a'));
    again.add_watch("k", say('b'));
    age.add_watch("k", say('c'));
    person.add_watch(
        "k", [&](const std::string&, auto&, const Person&, const Person&) { heard += 'd'; });
    age.reset(1);

    EXPECT_EQ(heard, "cbd");
}

TYPED_TEST(CursorWatchLaws, a_watch_stays_when_its_cursor_goes) {
    auto person = TestFixture::Makes::atom(ann);
    int heard = 0;
    cursor(person, &Person::age).add_watch("k", [&](const std::string&, auto& ref, int, int now) {
        heard = now + *ref.deref();
    });

    person.reset(Person{5, {}});

    EXPECT_EQ(heard, 10);
}

TYPED_TEST(CursorWatchLaws, what_a_watch_of_a_part_throws_is_a_watch_error) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    age.add_watch("k", [](const std::string&, auto&, int, int) { throw 42; });

    EXPECT_THROW(age.reset(1), atomos::WatchError);
    EXPECT_EQ(*age.deref(), 1);
}

TYPED_TEST(CursorWatchLaws, a_watch_that_is_held_goes_with_its_handle) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    int heard = 0;
    {
        const auto held = age.watching("k", [&](const std::string&, auto&, int, int) { ++heard; });
        age.reset(1);
    }
    age.reset(2);
    age.add_watch("k", [&](const std::string&, auto&, int, int) { ++heard; });

    EXPECT_EQ(heard, 1);
    EXPECT_TRUE(age.remove_watch_and_wait("k"));
    EXPECT_FALSE(age.remove_watch_and_wait("k"));
}

TYPED_TEST(CursorWatchLaws, a_watch_of_the_latest_part_is_told_from_the_part_that_it_knew) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    std::vector<std::pair<int, int>> heard;
    age.add_watch(
        "k", [&](const std::string&, auto&, int old, int now) { heard.emplace_back(old, now); },
        {.delivery = atomos::Delivery::latest});

    age.reset(31);
    cursor(person, &Person::home).reset({});
    age.reset(32);

    EXPECT_EQ(heard, (std::vector<std::pair<int, int>>{{30, 31}, {31, 32}}));
}

TYPED_TEST(CursorWatchLaws, a_watch_that_is_empty_or_counts_changes_of_the_whole_is_refused) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    using Empty = std::function<void(const std::string&, decltype(age)&, int, int)>;
    const auto fn = [](const std::string&, auto&, int, int) {};

    EXPECT_THROW(age.add_watch("k", Empty()), std::invalid_argument);
    EXPECT_THROW(age.add_watch("k", fn, {.once = true}), std::invalid_argument);
    EXPECT_TRUE(person.get_watches().empty());
}

TYPED_TEST(CursorWatchLaws, a_wait_for_a_part_passes_over_changes_of_other_parts) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    auto home = cursor(person, &Person::home);
    const auto seen = age.deref();
    std::atomic<int> streets{0};
    int woken_at = 0;

    together(2, [&](int thread) {
        if (thread == 0) {
            woken_at = *age.wait(seen);
        } else {
            for (int i = 1; i <= 20; ++i) home.reset({.street = streets = i});
            age.reset(31);
        }
    });

    EXPECT_EQ(woken_at, 31);
    EXPECT_EQ(streets, 20);
}

TYPED_TEST(CursorWatchLaws, without_a_change_of_the_part_a_wait_with_a_limit_gives_nothing) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    const auto seen = age.deref();
    cursor(person, &Person::home).reset({});

    EXPECT_FALSE(age.wait_for(seen, 1ms).has_value());
    EXPECT_FALSE(age.wait_until(seen, std::chrono::steady_clock::now() + 1ms).has_value());

    age.reset(31);
    EXPECT_EQ(**age.wait_for(seen, 0ms), 31);
    EXPECT_EQ(**age.wait_until(seen, std::chrono::steady_clock::time_point::min()), 31);
    EXPECT_EQ(*age.wait(seen), 31);
}

}  // namespace
