/// \file
/// What arrays promise in every scope: each element is a variable by itself, with an index in front.

#include <atomic>
#include <atomos/array.hpp>
#include <atomos/options.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::testing::together;

/// Makes them where variables have no place, and where they have.
template <class Scope>
struct MadeArrays {
    template <class T>
    static auto array(std::size_t length, const T& initial) {
        return atomos::AtomicArray<T, Scope>(length, initial);
    }
    template <class T>
    static auto references(std::size_t length, const T& initial) {
        return atomos::AtomicReferenceArray<T, Scope>(length, initial);
    }
};
template <>
struct MadeArrays<atomos::Processes> {
    template <class T>
    static auto array(std::size_t length, const T& initial) {
        return atomos::process::AtomicArray<T>(region(), name(), length, initial);
    }
    template <class T>
    static auto references(std::size_t length, const T& initial) {
        return atomos::process::AtomicReferenceArray<T>(region(), name(), length, initial);
    }

  private:
    static atomos::process::Region& region() {
        static auto made = atomos::process::Region::anonymous();
        return made;
    }
    static std::string name() {
        static std::atomic<int> made{0};
        return "array " + std::to_string(made.fetch_add(1));
    }
};

template <class Scope>
class ArrayLaws : public ::testing::Test {
  protected:
    using Makes = MadeArrays<Scope>;

    template <class Array>
    static auto values_of(const Array& array) {
        std::vector<typename Array::value_type> values;
        for (auto&& one : array) values.push_back(one.get());
        return values;
    }
};
TYPED_TEST_SUITE(ArrayLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(ArrayLaws, it_is_as_long_as_was_asked_for_and_every_element_holds_the_value) {
    auto array = TestFixture::Makes::array(5, std::int64_t{7});

    EXPECT_EQ(array.length(), 5U);
    EXPECT_EQ(TestFixture::values_of(array), (std::vector<std::int64_t>(5, 7)));
}

TYPED_TEST(ArrayLaws, an_operation_at_an_index_changes_that_element_and_no_other) {
    auto array = TestFixture::Makes::array(3, std::int32_t{0});

    array.set(0, 10);
    EXPECT_EQ(array.get_and_set(1, 20), 0);
    EXPECT_TRUE(array.compare_and_set(2, 0, 30));
    EXPECT_FALSE(array.compare_and_set(2, 0, 40));
    EXPECT_EQ(array.compare_and_exchange(2, 1, 2).now, 30);

    EXPECT_EQ(TestFixture::values_of(array), (std::vector<std::int32_t>{10, 20, 30}));
}

TYPED_TEST(ArrayLaws, numbers_have_the_operations_of_numbers) {
    auto array = TestFixture::Makes::array(2, std::int64_t{10});
    const auto twice = [](std::int64_t n) { return 2 * n; };
    const auto plus = [](std::int64_t n, std::int64_t x) { return n + x; };
    const auto refuse = [](std::int64_t) { return std::optional<std::int64_t>(); };

    EXPECT_EQ(array.add_and_get(1, 5), 15);
    EXPECT_EQ(array.get_and_add(1, 5, std::memory_order_relaxed), 15);
    EXPECT_EQ(array.subtract_and_get(1, 1), 19);
    EXPECT_EQ(array.get_and_subtract(1, 1), 19);
    EXPECT_EQ(array.increment_and_get(1), 19);
    EXPECT_EQ(array.get_and_increment(1), 19);
    EXPECT_EQ(array.decrement_and_get(1), 19);
    EXPECT_EQ(array.get_and_decrement(1), 19);
    EXPECT_EQ(array.update_and_get(1, twice), 36);
    EXPECT_EQ(array.get_and_update(1, twice), 36);
    EXPECT_EQ(array.accumulate_and_get(1, 3, plus), 75);
    EXPECT_EQ(array.get_and_accumulate(1, 3, plus), 75);
    EXPECT_FALSE(array.try_update(1, refuse).won);
    EXPECT_FALSE(array.try_update(1, atomos::TryOptions{.tries = 1}, refuse).won);
    EXPECT_EQ(array.checked_add_and_get(1, 2), 80);
    EXPECT_EQ(array.try_add(1, 1, 0, 80), std::nullopt);
    EXPECT_EQ(array.add_clamped(1, 100, 0, 90), 90);
    EXPECT_TRUE(array.set_if_less(1, 6));
    EXPECT_TRUE(array.set_if_greater(1, 12));
    EXPECT_EQ(array.max_and_get(1, 20), 20);
    EXPECT_EQ(array.get_and_max(1, 24), 20);
    EXPECT_EQ(array.min_and_get(1, 22), 22);
    EXPECT_EQ(array.get_and_min(1, 12), 22);
    EXPECT_EQ(array.bitwise_or_and_get(1, 3), 15);
    EXPECT_EQ(array.get_and_bitwise_or(1, 16), 15);
    EXPECT_EQ(array.bitwise_and_and_get(1, 30), 30);
    EXPECT_EQ(array.get_and_bitwise_and(1, 6), 30);
    EXPECT_EQ(array.bitwise_xor_and_get(1, 5), 3);
    EXPECT_EQ(array.get_and_bitwise_xor(1, 1), 3);

    EXPECT_EQ(TestFixture::values_of(array), (std::vector<std::int64_t>{10, 2}));
}

TYPED_TEST(ArrayLaws, truth_values_and_reals_have_theirs) {
    auto truths = TestFixture::Makes::array(2, false);
    auto reals = TestFixture::Makes::array(2, 0.5);

    EXPECT_FALSE(truths.get_and_toggle(1));
    EXPECT_EQ(reals.add_and_get(1, 1), 1.5);

    EXPECT_EQ(TestFixture::values_of(truths), (std::vector<bool>{false, true}));
    EXPECT_EQ(TestFixture::values_of(reals), (std::vector<double>{0.5, 1.5}));
}

TYPED_TEST(ArrayLaws, references_have_the_operations_of_references) {
    auto array = TestFixture::Makes::references(3, std::string("a"));
    const auto twice = [](const std::string& s) { return s + s; };
    const auto plus = [](const std::string& s, const std::string& x) { return s + x; };

    const auto seen = array.get(1);
    array.set(0, "b");
    EXPECT_EQ(*array.get_and_set(1, std::string("c")), "a");
    EXPECT_FALSE(array.compare_and_set(1, seen, std::string("d")));
    EXPECT_TRUE(array.compare_and_set(1, std::string("c"), std::string("d")));
    EXPECT_EQ(*array.update_and_get(1, twice), "dd");
    EXPECT_EQ(*array.get_and_update(1, twice), "dd");
    EXPECT_EQ(*array.accumulate_and_get(2, std::string("x"), plus), "ax");
    EXPECT_EQ(*array.get_and_accumulate(2, std::string("y"), plus), "ax");

    EXPECT_EQ(array.read(0, [](const std::string& s) { return s.size(); }), 1U);
    EXPECT_EQ(array.version(1), 5U);
    EXPECT_EQ(*array.get(0), "b");
    EXPECT_EQ(*array.get(1), "dddd");
    EXPECT_EQ(*array.get(2), "axy");
}

TYPED_TEST(ArrayLaws, an_index_beyond_the_end_is_refused_and_nothing_changes) {
    auto array = TestFixture::Makes::array(2, std::int64_t{1});
    auto references = TestFixture::Makes::references(1, std::string("a"));

    EXPECT_THROW(array.get(2), std::out_of_range);
    EXPECT_THROW(array.set(2, 5), std::out_of_range);
    EXPECT_THROW(array[static_cast<std::size_t>(-1)], std::out_of_range);
    EXPECT_THROW(std::as_const(array).at(3), std::out_of_range);
    EXPECT_THROW(references.set(1, "b"), std::out_of_range);

    EXPECT_EQ(TestFixture::values_of(array), (std::vector<std::int64_t>{1, 1}));
}

TYPED_TEST(ArrayLaws, an_element_is_the_variable_itself) {
    auto array = TestFixture::Makes::array(3, std::int64_t{0});

    auto&& second = array[1];
    second.add_and_get(5);
    for (auto&& one : array) one.increment_and_get();

    EXPECT_EQ(second.get(), 6);
    EXPECT_EQ(TestFixture::values_of(array), (std::vector<std::int64_t>{1, 6, 1}));
}

TYPED_TEST(ArrayLaws, no_addition_is_lost_among_threads_and_neighbours) {
    auto array = TestFixture::Makes::array(4, std::int32_t{0});

    together(3, [&](int thread) {
        for (int i = 0; i < 2000; ++i) {
            array.increment_and_get(static_cast<std::size_t>((i + thread) % 4));
            array.update_and_get(3, [](std::int32_t n) { return n + 1; });
        }
    });

    EXPECT_EQ(TestFixture::values_of(array), (std::vector<std::int32_t>{1500, 1500, 1500, 7500}));
}

TYPED_TEST(ArrayLaws, a_waiter_for_one_element_is_woken_by_its_change) {
    auto array = TestFixture::Makes::array(2, std::int64_t{0});
    std::int64_t woken = 0;

    EXPECT_EQ(array.wait_for(1, 0, 0ms), std::nullopt);
    together(2, [&](int thread) {
        if (thread == 0) {
            woken = array.wait(1, 0);
        } else {
            array.set(0, 5);
            array.notify_all(0);
            array.set(1, 6);
            array.notify_one(1);
        }
    });

    EXPECT_EQ(woken, 6);
}

}  // namespace
