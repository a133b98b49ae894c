/// \file
/// AtomicView: numbers, truth values and small types in memory that somebody else owns.

#include <atomos/boolean.hpp>
#include <atomos/thread.hpp>
#include <atomos/view.hpp>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "support/together.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::AtomicView;
using atomos::testing::together;

struct Point {
    std::int32_t x;
    std::int32_t y;
    friend bool operator==(const Point&, const Point&) = default;
};
enum class Light : std::uint8_t { red, green };

template <class V>
concept CanAdd = requires(const V& view) { view.add_and_get(1); };
template <class V>
concept CanToggle = requires(const V& view) { view.get_and_toggle(); };
template <class V, class T>
concept CanSet = requires(const V& view, T value) { view.set(value); };
template <class V>
concept CanNotify = requires(const V& view) { view.notify_all(); };

static_assert(sizeof(AtomicView<std::int64_t>) == sizeof(void*));
static_assert(std::copyable<AtomicView<std::int64_t>>);
static_assert(CanAdd<AtomicView<std::int64_t>> && CanAdd<AtomicView<float>>);
static_assert(!CanAdd<AtomicView<bool>> && CanToggle<AtomicView<bool>>);
static_assert(!CanAdd<AtomicView<Light>> && !CanToggle<AtomicView<Light>>);
static_assert(!CanAdd<AtomicView<int*>> && CanSet<AtomicView<int*>, int*>);
static_assert(!CanSet<AtomicView<const int>, int> && !CanNotify<AtomicView<const int>>);
static_assert(!std::constructible_from<AtomicView<int>, const int&>);
static_assert(!std::constructible_from<AtomicView<const int>, int>);
static_assert(!std::convertible_to<AtomicView<int>, int>);

TEST(ViewTest, every_change_is_made_to_the_variable_itself) {
    struct Packet {
        std::uint32_t flags;
        std::uint32_t hits;
    } packet{1, 40};
    const AtomicView hits(packet.hits);
    const AtomicView flags(packet.flags);

    EXPECT_EQ(hits.add_and_get(2), 42U);
    EXPECT_EQ(hits.get_and_increment(std::memory_order_relaxed), 42U);
    EXPECT_EQ(flags.bitwise_or_and_get(6), 7U);
    EXPECT_FALSE(hits.compare_and_set(42, 0));
    EXPECT_EQ(hits.try_add(1, 0, 43), std::nullopt);
    EXPECT_TRUE(hits.set_if_less(10));

    EXPECT_EQ(packet.hits, 10U);
    EXPECT_EQ(packet.flags, 7U);
}

TEST(ViewTest, a_copy_looks_at_the_same_variable_and_assignment_looks_elsewhere) {
    int a = 1;
    int b = 10;
    AtomicView view(a);
    const AtomicView copy(view);

    view.increment_and_get();
    view = AtomicView(b);
    view.increment_and_get();

    EXPECT_EQ(copy.get(), 2);
    EXPECT_EQ(static_cast<int>(view), 11);
    EXPECT_EQ(a, 2);
}

TEST(ViewTest, a_view_of_a_const_variable_looks) {
    const std::int64_t fixed = 7;
    const AtomicView view(fixed);

    EXPECT_EQ(view.get(), 7);
    EXPECT_EQ(view.wait(0), 7);
    EXPECT_EQ(view.wait_for(7, 0s), std::nullopt);
}

TEST(ViewTest, floating_point_variables_are_compared_by_value) {
    double number = std::nan("");
    const AtomicView view(number);

    EXPECT_TRUE(view.compare_and_set(std::nan(""), -0.0));
    EXPECT_TRUE(view.compare_and_set(0.0, 1.5));
    EXPECT_EQ(view.add_and_get(1), 2.5);
    EXPECT_EQ(view.add_clamped(10, 0, 4), 4);

    EXPECT_EQ(number, 4);
}

TEST(ViewTest, truth_values_enumerations_pointers_and_small_structs_are_replaced_whole) {
    bool flag = false;
    Light light = Light::red;
    int there = 0;
    int* pointer = nullptr;
    alignas(8) Point point{1, 2};

    EXPECT_FALSE(AtomicView(flag).get_and_toggle());
    EXPECT_TRUE(AtomicView(light).compare_and_set(Light::red, Light::green));
    EXPECT_EQ(AtomicView(pointer).get_and_set(&there), nullptr);
    const auto lost = AtomicView(point).compare_and_exchange(Point{1, 3}, Point{0, 0});
    const auto moved =
        AtomicView(point).update_and_get([](Point p) { return Point{p.x + 1, p.y}; });

    EXPECT_TRUE(flag);
    EXPECT_EQ(light, Light::green);
    EXPECT_EQ(pointer, &there);
    EXPECT_FALSE(lost.won);
    EXPECT_EQ(lost.now, (Point{1, 2}));
    EXPECT_EQ(moved, (Point{2, 2}));
    EXPECT_EQ(AtomicView(point).wait(Point{1, 2}), (Point{2, 2}));
}

TEST(ViewTest, a_variable_that_is_aligned_to_less_is_refused_with_its_address_and_what_is_needed) {
    alignas(8) Point points[2]{};
    auto& misplaced = *reinterpret_cast<Point*>(&points[0].y);
    std::string said;

    try {
        AtomicView<Point> view(misplaced);
    } catch (const std::invalid_argument& error) {
        said = error.what();
    }

    char address[32];
    std::snprintf(address, sizeof address, "%p", static_cast<void*>(&misplaced));
    EXPECT_EQ(said, std::string("AtomicView: the variable at ") + address +
                        " is aligned to 4 bytes; 8 are needed");
}

TEST(ViewTest, an_order_that_an_operation_cannot_have_is_refused_and_nothing_changes) {
    int number = 3;
    const AtomicView view(number);

    EXPECT_THROW(view.get(std::memory_order_release), std::invalid_argument);
    EXPECT_THROW(view.set(4, std::memory_order_acquire), std::invalid_argument);

    EXPECT_EQ(number, 3);
}

TEST(ViewTest, no_addition_is_lost_among_threads_with_views_of_their_own) {
    std::vector<std::int64_t> numbers(2);

    together(3, [&](int thread) {
        const AtomicView first(numbers[0]);
        const AtomicView second(numbers[1]);
        for (int i = 0; i < 2000; ++i) {
            first.increment_and_get();
            second.update_and_get([&](std::int64_t n) { return n + thread; });
        }
    });

    EXPECT_EQ(numbers[0], 6000);
    EXPECT_EQ(numbers[1], 6000);
}

TEST(ViewTest, a_waiter_is_woken_through_another_view) {
    std::int64_t number = 0;
    std::int64_t woken = 0;

    together(2, [&](int thread) {
        AtomicView view(number);
        if (thread == 0) {
            woken = view.wait(0);
        } else {
            view.set(1);
            view.notify_one();
        }
    });

    EXPECT_EQ(woken, 1);
}

}  // namespace
