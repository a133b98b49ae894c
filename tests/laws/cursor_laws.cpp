/// \file
/// A cursor is its part of the atom: looks and changes.

#include <atomos/cursor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "laws/person.hpp"
#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::cursor;
using atomos::lens;
using atomos::testing::together;

using laws::Address;
using laws::ann;
using laws::Person;

constexpr auto age_in_months = [] {
    return lens([](const Person& p) { return p.age * 12; },
                [](Person p, int months) {
                    p.age = months / 12;
                    return p;
                });
};

template <class Scope>
using CursorLaws = laws::Law<Scope>;
TYPED_TEST_SUITE(CursorLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(CursorLaws, a_look_at_a_part_gives_the_part_and_the_version_of_the_whole) {
    auto person = TestFixture::Makes::atom(ann);
    const auto age = cursor(person, &Person::age);

    const auto seen = age.deref();

    EXPECT_EQ(*seen, 30);
    EXPECT_EQ(seen.get(), 30);
    EXPECT_EQ(seen.version(), 1U);
    EXPECT_EQ(age.version(), 1U);
    EXPECT_EQ(age.read([](int n) { return n + 1; }), 31);
    EXPECT_TRUE(seen.same_as(age.deref()));
}

TYPED_TEST(CursorLaws, a_snapshot_of_a_part_never_changes_and_outlives_its_atom) {
    using People = decltype(TestFixture::Makes::atom(ann));
    std::optional<decltype(cursor(std::declval<People&>(), &Person::home).deref())> kept;
    {
        auto person = TestFixture::Makes::atom(ann);
        auto home = cursor(person, &Person::home);
        auto seen = home.deref();
        home.reset({.street = 1, .house = 2});
        kept = seen;
    }
    const auto moved = *std::move(kept);
    TestFixture::Makes::settle();

    EXPECT_EQ(moved->street, 7);
    EXPECT_EQ(moved->house, 9);
    EXPECT_EQ(moved.whole()->age, 30);
}

TYPED_TEST(CursorLaws, an_empty_snapshot_of_a_part_is_empty) {
    auto person = TestFixture::Makes::atom(ann);
    const auto age = cursor(person, &Person::age);

    EXPECT_FALSE(static_cast<bool>(decltype(age.deref())()));
    EXPECT_TRUE(static_cast<bool>(age.deref()));
}

TYPED_TEST(CursorLaws, a_swap_of_a_part_is_one_swap_of_the_whole) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);

    const auto now = age.swap([](int n, int more) { return n + more; }, 5);

    EXPECT_EQ(*now, 35);
    EXPECT_EQ(now.version(), 2U);
    EXPECT_EQ(*person.deref(), (Person{35, ann.home}));
}

TYPED_TEST(CursorLaws, swap_vals_and_reset_vals_give_the_part_before_and_after) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);

    const auto swapped = age.swap_vals([](int n) { return n + 1; });
    const auto reset = age.reset_vals(50);

    EXPECT_EQ(*swapped.old, 30);
    EXPECT_EQ(*swapped.now, 31);
    EXPECT_EQ(*reset.old, 31);
    EXPECT_EQ(*reset.now, 50);
    EXPECT_EQ(person.version(), 3U);
}

TYPED_TEST(CursorLaws, a_try_swap_that_refuses_changes_nothing) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);

    const auto refused = age.try_swap([](int) { return std::optional<int>(); });
    const auto accepted = age.try_swap([](int n) { return std::optional<int>(n + 1); });

    EXPECT_FALSE(refused.won);
    EXPECT_EQ(*refused.now, 30);
    EXPECT_TRUE(accepted.won);
    EXPECT_EQ(*accepted.now, 31);
    EXPECT_EQ(person.version(), 2U);
}

TYPED_TEST(CursorLaws, a_reset_leaves_the_other_parts_alone) {
    auto person = TestFixture::Makes::atom(ann);

    EXPECT_EQ(*cursor(person, &Person::age).reset(4), 4);

    EXPECT_EQ(person.deref()->home, ann.home);
}

TYPED_TEST(CursorLaws, compare_and_set_by_equality_looks_at_the_part_alone) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    cursor(person, &Person::home).reset({});

    EXPECT_FALSE(age.compare_and_set(29, 40));
    EXPECT_TRUE(age.compare_and_set(30, 40));
    EXPECT_EQ(*person.deref(), (Person{40, {}}));
}

TYPED_TEST(CursorLaws, compare_and_set_by_snapshot_loses_when_any_part_has_changed) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    const auto seen = age.deref();
    cursor(person, &Person::home).reset({});
    const auto newer = age.deref();

    EXPECT_FALSE(age.compare_and_set(seen, 40));
    EXPECT_TRUE(age.compare_and_set(newer, 41));
    EXPECT_EQ(*age.deref(), 41);
}

TYPED_TEST(CursorLaws, the_whole_s_validator_refuses_a_part) {
    auto person = TestFixture::Makes::atom(ann);
    person.set_validator([](const Person& p) { return p.age >= 0; });
    auto age = cursor(person, &Person::age);

    EXPECT_THROW(age.reset(-1), atomos::ValidationError);
    EXPECT_EQ(*age.deref(), 30);
}

TYPED_TEST(CursorLaws, what_a_function_on_a_part_throws_passes_and_nothing_changed) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);

    EXPECT_THROW(age.swap([](int) -> int { throw 42; }), int);
    EXPECT_EQ(person.version(), 1U);
}

TYPED_TEST(CursorLaws, a_lens_may_compute_its_part) {
    auto person = TestFixture::Makes::atom(ann);
    auto months = cursor(person, age_in_months());

    const auto before = months.deref();
    const auto copy = before;
    months.swap([](int n) { return n + 24; });

    EXPECT_EQ(*before, 360);
    EXPECT_EQ(*copy, 360);
    EXPECT_EQ(person.deref()->age, 32);
}

TYPED_TEST(CursorLaws, a_cursor_of_a_cursor_is_a_part_of_the_part) {
    auto person = TestFixture::Makes::atom(ann);
    auto house = cursor(cursor(person, &Person::home), &Address::house);
    std::vector<int> heard;
    house.add_watch("post", [&](const std::string& key, auto&, int old, int now) {
        EXPECT_EQ(key, "post");
        heard.insert(heard.end(), {old, now});
    });

    house.swap([](int n) { return n + 1; });
    cursor(person, &Person::age).reset(31);
    auto kept = house.deref();
    person.reset(Person{});

    EXPECT_EQ(*kept, 10);
    EXPECT_EQ(heard, (std::vector<int>{9, 10, 10, 0}));
    EXPECT_TRUE(house.remove_watch("post"));
}

TYPED_TEST(CursorLaws, of_rivals_on_two_parts_none_loses_a_change) {
    constexpr int rounds = 500;
    auto person = TestFixture::Makes::atom(Person{});

    together(4, [&](int thread) {
        auto age = cursor(person, &Person::age);
        auto house = cursor(cursor(person, &Person::home), &Address::house);
        for (int i = 0; i < rounds; ++i) {
            if (thread % 2 == 0) {
                age.swap([](int n) { return n + 1; });
            } else {
                house.swap([](int n) { return n + 1; });
            }
        }
    });

    EXPECT_EQ(*person.deref(), (Person{2 * rounds, {0, 2 * rounds}}));
}

TYPED_TEST(CursorLaws, a_try_swap_gives_up_as_its_options_say) {
    auto person = TestFixture::Makes::atom(ann);
    auto age = cursor(person, &Person::age);
    int runs = 0;

    const auto given_up = age.try_swap(atomos::TryOptions{.tries = 2}, [&](int n) {
        ++runs;
        person.reset(Person{n + 10, {}});
        return std::optional<int>(0);
    });

    EXPECT_FALSE(given_up.won);
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(*age.deref(), 50);
}

TEST(CursorOfThreads, a_swap_with_no_tries_runs_its_function_once) {
    atomos::Atom<Person> person{ann};
    auto age = cursor(person, &Person::age);
    int runs = 0;

    const auto now = age.swap(atomos::SwapOptions{.tries = 0}, [&](int n) {
        ++runs;
        return n + 1;
    });

    EXPECT_EQ(runs, 1);
    EXPECT_EQ(*now, 31);
}

/// In memory a value may be anything.
template <class Scope>
using CursorInMemoryLaws = laws::Law<Scope>;
TYPED_TEST_SUITE(CursorInMemoryLaws, laws::InMemory, laws::ScopeNames);

struct Incomparable {
    int n = 0;
};
struct Box {
    Incomparable thing{};
    std::shared_ptr<const std::string> far = std::make_shared<std::string>("far");
};

TYPED_TEST(CursorInMemoryLaws, a_part_without_equality_is_heard_with_each_change_of_the_whole) {
    auto box = TestFixture::Makes::atom(Box{});
    auto thing = cursor(box, &Box::thing);
    int heard = 0;
    thing.add_watch(
        "k", [&](const std::string&, auto&, const Incomparable&, const Incomparable&) { ++heard; });

    thing.reset({1});
    cursor(box, &Box::far).reset(nullptr);

    EXPECT_EQ(heard, 2);
}

TYPED_TEST(CursorInMemoryLaws, a_part_may_stand_elsewhere_than_in_its_whole) {
    auto box = TestFixture::Makes::atom(Box{});
    auto text = cursor(box, lens([](const Box& b) -> const std::string& { return *b.far; },
                                 [](Box b, std::string s) {
                                     b.far = std::make_shared<std::string>(std::move(s));
                                     return b;
                                 }));

    const auto before = text.deref();
    text.swap([](std::string s) { return s + " away"; });
    TestFixture::Makes::settle();

    EXPECT_EQ(*before, "far");
    EXPECT_EQ(*text.deref(), "far away");
}

TYPED_TEST(CursorInMemoryLaws, a_computed_part_need_only_be_movable) {
    auto box = TestFixture::Makes::atom(Box{});
    const auto unique =
        cursor(box, lens([](const Box& b) { return std::make_unique<int>(b.thing.n); },
                         [](Box b, const std::unique_ptr<int>& p) {
                             b.thing.n = *p;
                             return b;
                         }));

    const auto before = unique.deref();
    const auto copy = before;

    EXPECT_EQ(**copy, 0);
}

}  // namespace
