/// \file
/// Arrays: how they are made, what they cost, and indices that are not there.

#include <algorithm>
#include <atomos/array.hpp>
#include <atomos/thread.hpp>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace {

using atomos::AtomicArray;
using atomos::AtomicBooleanArray;
using atomos::AtomicFloatArray;
using atomos::AtomicIntegerArray;
using atomos::AtomicLongArray;
using atomos::AtomicReferenceArray;
using atomos::PaddedAtomicArray;

static_assert(std::is_same_v<AtomicArray<int>::variable_type, atomos::AtomicInteger>);
static_assert(std::is_same_v<AtomicArray<bool>::variable_type, atomos::AtomicBoolean>);
static_assert(std::is_same_v<AtomicArray<std::string>, AtomicReferenceArray<std::string>>);
static_assert(
    std::is_same_v<AtomicReferenceArray<int>::variable_type, atomos::AtomicReference<int>>);
static_assert(!std::is_copy_constructible_v<AtomicLongArray>);
static_assert(!std::is_convertible_v<int, AtomicLongArray>);
static_assert(!std::is_constructible_v<AtomicArray<std::unique_ptr<int>>, std::size_t, int>);
static_assert(std::ranges::random_access_range<AtomicLongArray>);
static_assert(std::ranges::random_access_range<const AtomicLongArray>);
static_assert(std::ranges::sized_range<AtomicLongArray>);

template <class Array>
std::vector<typename Array::value_type> values_of(const Array& array) {
    std::vector<typename Array::value_type> values;
    for (const auto& one : array) values.push_back(one.get());
    return values;
}

/// How far two neighbours are apart.
template <class Array>
std::ptrdiff_t stride_of(Array& array) {
    return reinterpret_cast<std::byte*>(&array[1]) - reinterpret_cast<std::byte*>(&array[0]);
}

TEST(ArrayTest, a_length_alone_gives_elements_of_the_default_value) {
    const AtomicLongArray zeros(3);
    const AtomicBooleanArray falses(2);
    const AtomicArray<std::string> empty_strings(2);

    EXPECT_EQ(values_of(zeros), (std::vector<std::int64_t>{0, 0, 0}));
    EXPECT_EQ(values_of(falses), (std::vector<bool>{false, false}));
    EXPECT_EQ(*empty_strings.get(1), "");
    EXPECT_EQ(zeros.length(), 3U);
    EXPECT_EQ(zeros.size(), 3U);
}

TEST(ArrayTest, a_length_and_a_value_give_copies_of_it_and_braces_give_what_they_list) {
    const AtomicIntegerArray sevens(2, 7);
    const AtomicIntegerArray listed{2, 7};
    const AtomicIntegerArray one{5};
    const AtomicFloatArray halves(3, 0.5);

    EXPECT_EQ(values_of(sevens), (std::vector<int>{7, 7}));
    EXPECT_EQ(values_of(listed), (std::vector<int>{2, 7}));
    EXPECT_EQ(values_of(one), (std::vector<int>{5}));
    EXPECT_EQ(values_of(halves), (std::vector<double>{0.5, 0.5, 0.5}));
}

TEST(ArrayTest, a_range_gives_its_values_in_its_order) {
    const std::vector<int> given{3, 1, 2};

    const AtomicLongArray from_vector(given);
    const AtomicIntegerArray from_view(std::views::iota(1, 4));

    EXPECT_EQ(values_of(from_vector), (std::vector<std::int64_t>{3, 1, 2}));
    EXPECT_EQ(values_of(from_view), (std::vector<int>{1, 2, 3}));
}

TEST(ArrayTest, a_function_makes_elements_that_can_only_be_moved) {
    AtomicArray<std::unique_ptr<std::size_t>> array(
        3, [](std::size_t i) { return std::make_unique<std::size_t>(10 * i); });

    array.set(1, std::make_unique<std::size_t>(5));

    EXPECT_EQ(**array.get(0), 0U);
    EXPECT_EQ(**array.get(1), 5U);
    EXPECT_EQ(array.read(2, [](const auto& p) { return *p; }), 20U);
}

TEST(ArrayTest, an_array_may_be_empty) {
    AtomicLongArray none(0);

    EXPECT_EQ(none.length(), 0U);
    EXPECT_EQ(none.begin(), none.end());
    EXPECT_THROW(none.get(0), std::out_of_range);
}

TEST(ArrayTest, an_index_that_is_not_there_is_refused_by_both_numbers) {
    AtomicLongArray array(5);
    std::string said;

    try {
        array.add_and_get(5, 1);
    } catch (const std::out_of_range& error) {
        said = error.what();
    }

    EXPECT_EQ(
        said,
        "an array's index is 5 and its length is 5; an index below the length is needed; nothing "
        "was changed");
    EXPECT_THROW(array[7], std::out_of_range);
    EXPECT_THROW(std::as_const(array).at(std::numeric_limits<std::size_t>::max()),
                 std::out_of_range);
    EXPECT_THROW(array.set(6, 1), std::out_of_range);
}

TEST(ArrayTest, a_length_beyond_all_memory_is_refused_by_the_number) {
    const auto negative = static_cast<std::size_t>(-1);
    std::string said;

    try {
        AtomicLongArray array(negative);
    } catch (const std::invalid_argument& error) {
        said = error.what();
    }

    EXPECT_EQ(said,
              "an array's length is 18446744073709551615; at most 1152921504606846975 is allowed");
}

TEST(ArrayTest, an_element_that_cannot_be_made_undoes_those_before_it) {
    const auto token = std::make_shared<int>(1);
    const auto third_fails = [&](std::size_t i) {
        if (i == 2) throw std::domain_error("no");
        return token;
    };

    EXPECT_THROW((AtomicArray<std::shared_ptr<int>>(4, third_fails)), std::domain_error);
    atomos::collect();

    EXPECT_EQ(token.use_count(), 1);
}

TEST(ArrayTest, elements_are_destroyed_with_their_array) {
    const auto token = std::make_shared<int>(1);
    {
        const AtomicArray<std::shared_ptr<int>> array(4, token);
        ASSERT_EQ(token.use_count(), 5);
    }
    atomos::collect();

    EXPECT_EQ(token.use_count(), 1);
}

TEST(ArrayTest, elements_stand_close_or_on_lines_of_their_own) {
    AtomicIntegerArray integers(2);
    AtomicLongArray longs(2);
    AtomicArray<std::string> references(2);
    PaddedAtomicArray<int> padded(2);
    PaddedAtomicArray<std::string> padded_references(2);

    EXPECT_EQ(stride_of(integers), 4);
    EXPECT_EQ(stride_of(longs), 8);
    EXPECT_EQ(stride_of(references), 8);
    EXPECT_EQ(stride_of(padded), 64);
    EXPECT_EQ(stride_of(padded_references), 64);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&padded[0]) % 64, 0U);
}

TEST(ArrayTest, iteration_goes_over_the_elements_themselves) {
    AtomicLongArray array{1, 2, 3};

    for (atomos::AtomicLong& one : array) one.add_and_get(10);
    array.begin()[1].set(0);
    const auto found = std::ranges::find_if(array, [](const auto& one) { return one.get() == 13; });

    EXPECT_EQ(values_of(array), (std::vector<std::int64_t>{11, 0, 13}));
    EXPECT_EQ(found - array.begin(), 2);
    EXPECT_EQ(std::ranges::distance(array), 3);
    EXPECT_EQ((*--array.end()).get(), 13);
}

}  // namespace
