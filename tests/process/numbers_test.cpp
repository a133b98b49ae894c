/// \file
/// Numbers and booleans, of every kind.
#include <atomos/process.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "process/place.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicNumber;
using atomos::process::Region;

template <class T>
class NumberTest : public regions::WithPlace {};
using Numbers =
    testing::Types<char, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                   std::uint32_t, std::int64_t, std::uint64_t, float, double>;
TYPED_TEST_SUITE(NumberTest, Numbers);

TYPED_TEST(NumberTest, has_in_one_mapping_what_another_one_gave_it) {
    using Limits = std::numeric_limits<TypeParam>;
    auto one = Region::create("r");
    auto other = Region::open("r");
    AtomicNumber<TypeParam> written{one, "n", TypeParam{1}};
    AtomicNumber<TypeParam> read{other, "n", TypeParam{2}};

    for (const TypeParam value : {Limits::lowest(), Limits::max(), TypeParam{0}, TypeParam{42}}) {
        written.set(value);
        EXPECT_EQ(read.get(), value);
    }
    EXPECT_EQ(read.add_and_get(TypeParam{3}), TypeParam{45});
    EXPECT_EQ(written.get(), TypeParam{45});
}

class NumbersTest : public regions::WithPlace {
  protected:
    Region region = Region::create("r");
    Region again = Region::open("r");
};

TEST_F(NumbersTest, a_boolean_is_one_in_all_mappings) {
    atomos::process::AtomicBoolean one{region, "open", true};
    atomos::process::AtomicBoolean other{again, "open", false};

    EXPECT_TRUE(other.get_and_toggle());
    EXPECT_FALSE(one.get());
    EXPECT_TRUE(one.compare_and_set(false, true));
    EXPECT_TRUE(other.get());
}

TEST_F(NumbersTest, nan_and_signed_zeros_are_values_like_others) {
    const double nan = std::nan("");
    atomos::process::AtomicFloat number{region, "number", nan};
    Atom<double> atom{region, "atom", nan};

    EXPECT_TRUE(number.compare_and_set(nan, -0.0));
    EXPECT_TRUE(number.compare_and_set(0.0, 2.5));
    EXPECT_TRUE(std::isnan(*atom.deref()));
    EXPECT_TRUE(atom.compare_and_set(atom.deref(), nan));
    EXPECT_EQ(*atom.swap([](double d) { return std::isnan(d) ? 4.0 : d; }), 4.0);
}

}  // namespace
