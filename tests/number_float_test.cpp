/// \file
/// AtomicNumber of float and double: compared as values, with −0.0, NaN and infinities.

#include <atomos/number.hpp>
#include <atomos/thread.hpp>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>

#include "gtest/gtest.h"

namespace {

template <class T>
class FloatTest : public ::testing::Test {
  protected:
    using Number = atomos::AtomicNumber<T>;
    static constexpr T inf = std::numeric_limits<T>::infinity();
    static constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    static constexpr T max = std::numeric_limits<T>::max();
    static constexpr T zero = 0;
    static constexpr T minus_zero = -zero;

    /// A NaN of other bits.
    static T other_nan() {
        using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
        return std::bit_cast<T>(static_cast<Bits>(std::bit_cast<Bits>(nan) | 5U));
    }
};
struct FloatNames {
    template <class T>
    static std::string GetName(int) {
        return sizeof(T) == 4 ? "float" : "double";
    }
};
using Floats = ::testing::Types<float, double>;
TYPED_TEST_SUITE(FloatTest, Floats, FloatNames);

TYPED_TEST(FloatTest, adds_and_subtracts) {
    typename TestFixture::Number number{TypeParam{1.5}};

    EXPECT_EQ(number.add_and_get(TypeParam{0.25}), TypeParam{1.75});
    EXPECT_EQ(number.get_and_add(1), TypeParam{1.75});
    EXPECT_EQ(number.subtract_and_get(TypeParam{0.75}), TypeParam{2});
    EXPECT_EQ(number.get_and_subtract(1), TypeParam{2});
    EXPECT_EQ(number.increment_and_get(), TypeParam{2});
    EXPECT_EQ(number.get_and_decrement(), TypeParam{2});
    EXPECT_EQ(number.get_and_increment(), TypeParam{1});
    EXPECT_EQ(number.decrement_and_get(), TypeParam{1});
    EXPECT_EQ(static_cast<TypeParam>(number), TypeParam{1});
}

TYPED_TEST(FloatTest, minus_zero_matches_zero_in_a_comparison) {
    typename TestFixture::Number number{TestFixture::minus_zero};

    EXPECT_TRUE(number.compare_and_set(TestFixture::zero, 1));
    number.set(TestFixture::zero);
    EXPECT_TRUE(number.compare_and_set(TestFixture::minus_zero, 2));

    EXPECT_EQ(number.get(), 2);
}

TYPED_TEST(FloatTest, a_nan_matches_a_nan_of_any_bits_and_nothing_else) {
    typename TestFixture::Number number{TestFixture::nan};

    EXPECT_FALSE(number.compare_and_set(0, 1));
    EXPECT_TRUE(number.compare_and_set(TestFixture::nan, 1));
    EXPECT_FALSE(number.compare_and_set(TestFixture::nan, 2));
    number.set(TestFixture::other_nan());
    EXPECT_TRUE(number.compare_and_set(TestFixture::nan, 3));

    EXPECT_EQ(number.get(), 3);
}

TYPED_TEST(FloatTest, compare_and_exchange_tells_the_value_that_stands_as_it_is) {
    typename TestFixture::Number number{TestFixture::minus_zero};

    const auto lost = number.compare_and_exchange(1, 2);
    const auto won = number.compare_and_exchange(0, TestFixture::minus_zero);

    EXPECT_FALSE(lost.won);
    EXPECT_TRUE(std::signbit(lost.now));
    EXPECT_TRUE(won.won);
    EXPECT_TRUE(std::signbit(won.now));
}

TYPED_TEST(FloatTest, a_nan_can_be_updated_added_to_and_toggled_away) {
    typename TestFixture::Number number{TestFixture::nan};

    EXPECT_TRUE(std::isnan(number.add_and_get(1)));
    EXPECT_TRUE(std::isnan(number.get_and_update([](TypeParam) { return TypeParam{4}; })));
    EXPECT_EQ(number.get(), 4);
}

TYPED_TEST(FloatTest, max_and_min_ignore_a_nan) {
    typename TestFixture::Number number{TypeParam{1}};

    EXPECT_EQ(number.max_and_get(TestFixture::nan), 1);
    EXPECT_EQ(number.min_and_get(TestFixture::nan), 1);
    number.set(TestFixture::nan);
    EXPECT_TRUE(std::isnan(number.get_and_max(2)));
    EXPECT_EQ(number.get(), 2);
    number.set(TestFixture::nan);
    EXPECT_EQ(number.min_and_get(3), 3);
    number.set(TestFixture::nan);
    EXPECT_TRUE(std::isnan(number.max_and_get(TestFixture::nan)));
}

TYPED_TEST(FloatTest, max_and_min_order_minus_zero_before_zero) {
    typename TestFixture::Number number{TestFixture::zero};

    EXPECT_FALSE(std::signbit(number.max_and_get(TestFixture::minus_zero)));
    EXPECT_TRUE(std::signbit(number.min_and_get(TestFixture::minus_zero)));
    EXPECT_TRUE(std::signbit(number.min_and_get(TestFixture::zero)));
    EXPECT_FALSE(std::signbit(number.max_and_get(TestFixture::zero)));
}

TYPED_TEST(FloatTest, infinities_are_the_ends) {
    typename TestFixture::Number number{TypeParam{1}};

    EXPECT_EQ(number.max_and_get(TestFixture::inf), TestFixture::inf);
    EXPECT_EQ(number.min_and_get(-TestFixture::inf), -TestFixture::inf);
    EXPECT_EQ(number.max_and_get(-TestFixture::max), -TestFixture::max);
    EXPECT_TRUE(number.compare_and_set(-TestFixture::max, TestFixture::inf));
    EXPECT_TRUE(number.compare_and_set(TestFixture::inf, 0));
}

TYPED_TEST(FloatTest, checked_add_throws_when_a_sum_of_finite_numbers_is_not_finite) {
    typename TestFixture::Number number{TestFixture::max};

    EXPECT_THROW(number.checked_add_and_get(TestFixture::max), std::overflow_error);
    EXPECT_EQ(number.get(), TestFixture::max);
    EXPECT_EQ(number.checked_add_and_get(-TestFixture::max), 0);
    EXPECT_EQ(number.checked_add_and_get(TestFixture::inf), TestFixture::inf);
}

TYPED_TEST(FloatTest, a_wait_for_another_value_than_nan_ends_when_a_number_comes) {
    typename TestFixture::Number number{TestFixture::nan};
    const auto still = number.wait_for(TestFixture::nan, std::chrono::milliseconds(1));
    number.set(1);

    EXPECT_FALSE(still.has_value());
    EXPECT_EQ(number.wait(TestFixture::nan), 1);
}

TYPED_TEST(FloatTest, is_as_big_as_its_type) {
    EXPECT_EQ(sizeof(typename TestFixture::Number), sizeof(TypeParam));
}

}  // namespace
