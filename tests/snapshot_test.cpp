/// \file
/// Snapshot as a value of its own: empty, moved, swapped, made by hand, taken away by other
/// threads.

#include <atomos/atomos.hpp>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace {

using atomos::AtomicReference;
using atomos::Snapshot;

static_assert(sizeof(Snapshot<std::string>) == 2 * sizeof(void*));
static_assert(sizeof(AtomicReference<std::string>) == 8);
static_assert(sizeof(atomos::Atom<std::string>) == 16);
static_assert(std::is_nothrow_copy_constructible_v<Snapshot<std::string>>);
static_assert(std::is_nothrow_move_constructible_v<Snapshot<std::string>>);
static_assert(std::is_same_v<decltype(*std::declval<Snapshot<int>&>()), const int&>);

TEST(Snapshot, is_empty_until_it_is_given_a_value) {
    const AtomicReference<std::string> reference("value");
    Snapshot<std::string> snapshot;

    const bool before = static_cast<bool>(snapshot);
    snapshot = reference.get();

    EXPECT_FALSE(before);
    EXPECT_TRUE(snapshot);
    EXPECT_EQ(snapshot->size(), 5U);
    EXPECT_EQ(*snapshot, "value");
    EXPECT_EQ(&snapshot.get(), &*snapshot);
}

TEST(Snapshot, that_was_moved_from_is_empty) {
    const AtomicReference<std::string> reference("value");
    auto first = reference.get();

    const auto second = std::move(first);

    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that is the promise
    EXPECT_EQ(*second, "value");
}

TEST(Snapshot, assigned_to_itself_stays_as_it_was) {
    const AtomicReference<std::string> reference("value");
    auto snapshot = reference.get();
    const auto& itself = snapshot;

    snapshot = itself;

    EXPECT_EQ(*snapshot, "value");
}

TEST(Snapshot, swaps_with_another_one) {
    AtomicReference<std::string> reference("first");
    auto a = reference.get();
    reference.set("second");
    auto b = reference.get();

    swap(a, b);

    EXPECT_EQ(*a, "second");
    EXPECT_EQ(*b, "first");
}

TEST(Snapshot, can_be_made_of_a_value_that_no_atom_has_held) {
    const auto made = Snapshot<std::unique_ptr<int>>::of(std::make_unique<int>(5));
    const auto copy = made;

    EXPECT_EQ(**copy, 5);
    EXPECT_EQ(made.version(), 0U);
    EXPECT_TRUE(copy.same_as(made));
}

TEST(Snapshot, is_held_in_any_number) {
    AtomicReference<int> reference(0);
    std::vector<Snapshot<int>> held;

    for (int i = 1; i <= 100; ++i) {
        held.push_back(reference.get());
        reference.set(i);
    }

    for (int i = 0; i < 100; ++i) EXPECT_EQ(*held[static_cast<std::size_t>(i)], i);
}

TEST(Snapshot, outlives_its_atom_on_another_thread) {
    auto atom = std::make_unique<atomos::Atom<std::string>>("a value that is too long for SSO");
    auto snapshot = atom->deref();
    std::string seen;

    std::thread other([&atom, &seen, taken = std::move(snapshot)] {
        atom.reset();
        seen = *taken;
    });
    other.join();

    EXPECT_EQ(seen, "a value that is too long for SSO");
}

TEST(Snapshot, outlives_the_thread_that_took_it) {
    AtomicReference<std::string> reference("a value that is too long for SSO");
    Snapshot<std::string> snapshot;

    std::thread([&] { snapshot = reference.get(); }).join();
    reference.set("another one");

    EXPECT_EQ(*snapshot, "a value that is too long for SSO");
}

}  // namespace
