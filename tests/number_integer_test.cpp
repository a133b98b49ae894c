/// \file
/// AtomicNumber of every integer type: wrapping at the ends, bits, and the unbroken pairs of before
/// and after.

#include <atomos/number.hpp>
#include <atomos/thread.hpp>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace {

template <class T>
class IntegerTest : public ::testing::Test {
  protected:
    using Number = atomos::AtomicNumber<T>;
    static constexpr T min = std::numeric_limits<T>::min();
    static constexpr T max = std::numeric_limits<T>::max();
    static constexpr T one = 1;
    static constexpr T minus_one = static_cast<T>(-1);
};
using Integers = ::testing::Types<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                                  std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>;
struct IntegerNames {
    template <class T>
    static std::string GetName(int) {
        return (std::signed_integral<T> ? "int" : "uint") + std::to_string(8 * sizeof(T));
    }
};
TYPED_TEST_SUITE(IntegerTest, Integers, IntegerNames);

TYPED_TEST(IntegerTest, holds_what_it_was_made_with_and_what_was_set) {
    typename TestFixture::Number number{TypeParam{5}};
    typename TestFixture::Number zero;

    number.set(TestFixture::max);

    EXPECT_EQ(number.get(), TestFixture::max);
    EXPECT_EQ(static_cast<TypeParam>(number), TestFixture::max);
    EXPECT_EQ(zero.get(), TypeParam{0});
    EXPECT_EQ(number.get_and_set(1), TestFixture::max);
    EXPECT_EQ(number.get(), TypeParam{1});
}

TYPED_TEST(IntegerTest, each_addition_gives_the_value_after_or_the_value_before) {
    typename TestFixture::Number number{TypeParam{10}};

    EXPECT_EQ(number.add_and_get(5), 15);
    EXPECT_EQ(number.get_and_add(5), 15);
    EXPECT_EQ(number.subtract_and_get(3), 17);
    EXPECT_EQ(number.get_and_subtract(3), 17);
    EXPECT_EQ(number.increment_and_get(), 15);
    EXPECT_EQ(number.get_and_increment(), 15);
    EXPECT_EQ(number.decrement_and_get(), 15);
    EXPECT_EQ(number.get_and_decrement(), 15);
    EXPECT_EQ(number.get(), 14);
}

TYPED_TEST(IntegerTest, additions_wrap_around_at_both_ends) {
    typename TestFixture::Number number{TestFixture::max};

    EXPECT_EQ(number.increment_and_get(), TestFixture::min);
    EXPECT_EQ(number.decrement_and_get(), TestFixture::max);
    EXPECT_EQ(number.get_and_increment(), TestFixture::max);
    EXPECT_EQ(number.get_and_decrement(), TestFixture::min);
    EXPECT_EQ(number.add_and_get(TestFixture::one), TestFixture::min);
    EXPECT_EQ(number.subtract_and_get(TestFixture::one), TestFixture::max);
    EXPECT_EQ(number.add_and_get(TestFixture::max), static_cast<TypeParam>(-2));
    number.set(TestFixture::min);
    EXPECT_EQ(number.subtract_and_get(TestFixture::min), TypeParam{0});
    EXPECT_EQ(number.get_and_subtract(TestFixture::min), TypeParam{0});
    EXPECT_EQ(number.get(), TestFixture::min);
}

TYPED_TEST(IntegerTest, compare_and_set_replaces_only_what_is_expected) {
    typename TestFixture::Number number{TestFixture::min};

    EXPECT_FALSE(number.compare_and_set(TestFixture::max, 3));
    EXPECT_TRUE(number.compare_and_set(TestFixture::min, 3));
    const auto lost = number.compare_and_exchange(4, 5);
    const auto won = number.compare_and_exchange(3, 5);

    EXPECT_FALSE(lost.won);
    EXPECT_EQ(lost.now, 3);
    EXPECT_TRUE(won.won);
    EXPECT_EQ(won.now, 5);
}

TYPED_TEST(IntegerTest, the_bitwise_forms_give_the_value_after_or_the_value_before) {
    typename TestFixture::Number number{TypeParam{0b0101}};
    const auto high = static_cast<TypeParam>(1ULL << (8 * sizeof(TypeParam) - 1));

    EXPECT_EQ(number.bitwise_or_and_get(0b0011), 0b0111);
    EXPECT_EQ(number.get_and_bitwise_or(0b1000), 0b0111);
    EXPECT_EQ(number.bitwise_and_and_get(0b1110), 0b1110);
    EXPECT_EQ(number.get_and_bitwise_and(0b0110), 0b1110);
    EXPECT_EQ(number.bitwise_xor_and_get(0b0011), 0b0101);
    EXPECT_EQ(number.get_and_bitwise_xor(0b0101), 0b0101);
    EXPECT_EQ(number.get(), 0);
    EXPECT_EQ(number.bitwise_xor_and_get(high), high);
    EXPECT_EQ(number.bitwise_or_and_get(TestFixture::minus_one), TestFixture::minus_one);
    EXPECT_EQ(number.bitwise_and_and_get(high), high);
}

TYPED_TEST(IntegerTest, max_and_min_keep_the_greater_and_the_lesser) {
    typename TestFixture::Number number{TypeParam{10}};

    EXPECT_EQ(number.max_and_get(5), 10);
    EXPECT_EQ(number.get_and_max(20), 10);
    EXPECT_EQ(number.min_and_get(30), 20);
    EXPECT_EQ(number.get_and_min(7), 20);
    EXPECT_EQ(number.get(), 7);
    EXPECT_EQ(number.max_and_get(TestFixture::max), TestFixture::max);
    EXPECT_EQ(number.min_and_get(TestFixture::min), TestFixture::min);
}

TYPED_TEST(IntegerTest, checked_add_throws_at_the_ends_and_changes_nothing) {
    typename TestFixture::Number number{TestFixture::max};

    EXPECT_THROW(number.checked_add_and_get(1), std::overflow_error);
    EXPECT_EQ(number.get(), TestFixture::max);
    if constexpr (std::signed_integral<TypeParam>) {
        number.set(TestFixture::min);
        EXPECT_THROW(number.checked_add_and_get(-1), std::overflow_error);
        EXPECT_EQ(number.get(), TestFixture::min);
        EXPECT_EQ(number.checked_add_and_get(TestFixture::max), -1);
    }
    number.set(static_cast<TypeParam>(TestFixture::max - 1));
    EXPECT_EQ(number.checked_add_and_get(1), TestFixture::max);
}

TYPED_TEST(IntegerTest, try_add_gives_the_new_value_or_changes_nothing) {
    typename TestFixture::Number number{TypeParam{5}};

    EXPECT_EQ(number.try_add(5, 0, 10), std::optional<TypeParam>(10));
    EXPECT_EQ(number.try_add(1, 0, 10), std::nullopt);
    EXPECT_EQ(number.try_add(0, 0, 9), std::nullopt);
    EXPECT_EQ(number.get(), 10);
    EXPECT_EQ(number.try_add(0, 10, 10), std::optional<TypeParam>(10));
}

TYPED_TEST(IntegerTest, try_add_refuses_what_overflows) {
    typename TestFixture::Number number{TestFixture::max};

    EXPECT_EQ(number.try_add(1, TestFixture::min, TestFixture::max), std::nullopt);
    EXPECT_EQ(number.try_add(TestFixture::max, TestFixture::min, TestFixture::max), std::nullopt);
    EXPECT_EQ(number.get(), TestFixture::max);
    if constexpr (std::signed_integral<TypeParam>) {
        number.set(TestFixture::min);
        EXPECT_EQ(number.try_add(-1, TestFixture::min, TestFixture::max), std::nullopt);
        EXPECT_EQ(number.try_add(TestFixture::min, TestFixture::min, TestFixture::max),
                  std::nullopt);
        EXPECT_EQ(number.get(), TestFixture::min);
        EXPECT_EQ(number.try_add(TestFixture::max, TestFixture::min, TestFixture::max),
                  std::optional<TypeParam>(-1));
    }
}

TYPED_TEST(IntegerTest, add_clamped_stops_at_the_bounds_also_when_the_sum_overflows) {
    typename TestFixture::Number number{TypeParam{5}};

    EXPECT_EQ(number.add_clamped(3, 0, 10), 8);
    EXPECT_EQ(number.add_clamped(30, 0, 10), 10);
    EXPECT_EQ(number.add_clamped(1, 20, 30), 20);
    EXPECT_EQ(number.add_clamped(TestFixture::max, 0, TestFixture::max), TestFixture::max);
    EXPECT_EQ(number.add_clamped(TestFixture::max, 0, 100), 100);
    if constexpr (std::signed_integral<TypeParam>) {
        EXPECT_EQ(number.add_clamped(-120, -10, 10), -10);
        number.set(TestFixture::min);
        EXPECT_EQ(number.add_clamped(TestFixture::min, TestFixture::min, 0), TestFixture::min);
        EXPECT_EQ(number.add_clamped(-1, -7, 0), -7);
    }
}

TYPED_TEST(IntegerTest, bounds_that_are_the_wrong_way_round_are_refused_and_nothing_changes) {
    typename TestFixture::Number number{TypeParam{5}};

    EXPECT_THROW(number.try_add(1, 10, 0), std::invalid_argument);
    EXPECT_THROW(number.add_clamped(1, TestFixture::max, TestFixture::min), std::invalid_argument);

    EXPECT_EQ(number.get(), 5);
}

TYPED_TEST(IntegerTest, is_as_big_as_its_type_and_never_locks) {
    EXPECT_EQ(sizeof(typename TestFixture::Number), sizeof(TypeParam));
    EXPECT_EQ(alignof(typename TestFixture::Number), alignof(std::atomic<TypeParam>));
    EXPECT_TRUE(std::atomic<TypeParam>::is_always_lock_free);
}

}  // namespace
