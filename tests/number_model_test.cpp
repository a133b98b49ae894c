/// \file
/// AtomicNumber beside a model: the same random operations, with a fondness for the ends, give the
/// same.

#include <algorithm>
#include <atomos/number.hpp>
#include <atomos/thread.hpp>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "gtest/gtest.h"
#include "support/seed.hpp"

namespace {

using atomos::testing::below;
__extension__ using Wide = __int128;

/// What an operation gave: a value, or nothing.
template <class T>
using Outcome = std::optional<T>;

/// Integers as they are in books, brought back into T's range at the end of each operation.
template <class T>
struct IntegerModel {
    static constexpr int verbs = 25;

    static T wrapped(Wide wide) { return static_cast<T>(wide); }
    static bool fits(Wide wide) {
        return wide >= std::numeric_limits<T>::min() && wide <= std::numeric_limits<T>::max();
    }

    static T random(std::mt19937_64& r) {
        constexpr T ends[] = {std::numeric_limits<T>::min(),
                              std::numeric_limits<T>::max(),
                              0,
                              1,
                              static_cast<T>(-1),
                              static_cast<T>(std::numeric_limits<T>::max() - 1)};
        return below(r, 2) == 0 ? ends[below(r, std::size(ends))] : static_cast<T>(r());
    }

    /// By the model: changes `value`.
    static Outcome<T> model(int verb, T& value, T x, T y, T z) {
        const Wide old = value;
        const auto give = [&](Wide next, bool after) {
            value = wrapped(next);
            return after ? value : wrapped(old);
        };
        switch (verb) {
            case 0:
                return give(old, false);
            case 1:
                return give(x, true);
            case 2:
                return give(x, false);
            case 3:
                return give(old + x, true);
            case 4:
                return give(old + x, false);
            case 5:
                return give(old - x, true);
            case 6:
                return give(old - x, false);
            case 7:
                return give(old + 1, true);
            case 8:
                return give(old + 1, false);
            case 9:
                return give(old - 1, true);
            case 10:
                return give(old - 1, false);
            case 11:
                return give(std::max<Wide>(old, x), true);
            case 12:
                return give(std::max<Wide>(old, x), false);
            case 13:
                return give(std::min<Wide>(old, x), true);
            case 14:
                return give(std::min<Wide>(old, x), false);
            case 15:
                return give(old | Wide{x}, true);
            case 16:
                return give(old | Wide{x}, false);
            case 17:
                return give(old & Wide{x}, true);
            case 18:
                return give(old & Wide{x}, false);
            case 19:
                return give(old ^ Wide{x}, true);
            case 20:
                return give(old ^ Wide{x}, false);
            case 21:
                if (old != x) return std::nullopt;
                return give(y, true);
            case 22:
                if (!fits(old + x)) return std::nullopt;
                return give(old + x, true);
            case 23:
                if (old + x < std::min(y, z) || old + x > std::max(y, z)) return std::nullopt;
                return give(old + x, true);
            default:
                return give(std::clamp<Wide>(old + x, std::min(y, z), std::max(y, z)), true);
        }
    }

    /// The same on the number itself.
    static Outcome<T> real(int verb, atomos::AtomicNumber<T>& n, T x, T y, T z) {
        switch (verb) {
            case 0:
                return n.get();
            case 1:
                n.set(x);
                return x;
            case 2:
                return n.get_and_set(x);
            case 3:
                return n.add_and_get(x);
            case 4:
                return n.get_and_add(x);
            case 5:
                return n.subtract_and_get(x);
            case 6:
                return n.get_and_subtract(x);
            case 7:
                return n.increment_and_get();
            case 8:
                return n.get_and_increment();
            case 9:
                return n.decrement_and_get();
            case 10:
                return n.get_and_decrement();
            case 11:
                return n.max_and_get(x);
            case 12:
                return n.get_and_max(x);
            case 13:
                return n.min_and_get(x);
            case 14:
                return n.get_and_min(x);
            case 15:
                return n.bitwise_or_and_get(x);
            case 16:
                return n.get_and_bitwise_or(x);
            case 17:
                return n.bitwise_and_and_get(x);
            case 18:
                return n.get_and_bitwise_and(x);
            case 19:
                return n.bitwise_xor_and_get(x);
            case 20:
                return n.get_and_bitwise_xor(x);
            case 21:
                return n.compare_and_set(x, y) ? Outcome<T>(y) : std::nullopt;
            case 22:
                try {
                    return n.checked_add_and_get(x);
                } catch (const std::overflow_error&) {
                    return std::nullopt;
                }
            case 23:
                return n.try_add(x, std::min(y, z), std::max(y, z));
            default:
                return n.add_clamped(x, std::min(y, z), std::max(y, z));
        }
    }
};

/// Floating-point numbers with the rules that differ from the processor's.
template <class T>
struct FloatModel {
    static constexpr int verbs = 9;

    static T random(std::mt19937_64& r) {
        using Limits = std::numeric_limits<T>;
        constexpr T some[] = {T{0},
                              -T{0},
                              T{1},
                              T{-1},
                              Limits::infinity(),
                              -Limits::infinity(),
                              Limits::quiet_NaN(),
                              Limits::max(),
                              Limits::lowest()};
        return some[below(r, std::size(some))];
    }

    static bool same(T a, T b) { return a == b || (std::isnan(a) && std::isnan(b)); }
    static bool less(T a, T b) { return a < b || (a == b && std::signbit(a) && !std::signbit(b)); }
    static T greatest(T a, T b) {
        if (std::isnan(a)) return b;
        return std::isnan(b) || !less(a, b) ? a : b;
    }
    static T least(T a, T b) {
        if (std::isnan(a)) return b;
        return std::isnan(b) || !less(b, a) ? a : b;
    }

    static Outcome<T> model(int verb, T& value, T x, T y, T) {
        const T old = value;
        switch (verb) {
            case 0:
                return old;
            case 1:
                return value = x;
            case 2:
                value = x;
                return old;
            case 3:
                return value = old + x;
            case 4:
                value = old - x;
                return old;
            case 5:
                return value = greatest(old, x);
            case 6:
                value = least(old, x);
                return old;
            case 7:
                if (!same(old, x)) return std::nullopt;
                return value = y;
            default:
                if (std::isfinite(old) && std::isfinite(x) && !std::isfinite(old + x)) {
                    return std::nullopt;
                }
                return value = old + x;
        }
    }

    static Outcome<T> real(int verb, atomos::AtomicNumber<T>& n, T x, T y, T) {
        switch (verb) {
            case 0:
                return n.get();
            case 1:
                n.set(x);
                return x;
            case 2:
                return n.get_and_set(x);
            case 3:
                return n.add_and_get(x);
            case 4:
                return n.get_and_subtract(x);
            case 5:
                return n.max_and_get(x);
            case 6:
                return n.get_and_min(x);
            case 7:
                return n.compare_and_set(x, y) ? Outcome<T>(y) : std::nullopt;
            default:
                try {
                    return n.checked_add_and_get(x);
                } catch (const std::overflow_error&) {
                    return std::nullopt;
                }
        }
    }
};

/// Equal to the last bit, where a NaN is a NaN.
template <class T>
bool identical(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
        return FloatModel<T>::same(a, b) && (std::isnan(a) || std::signbit(a) == std::signbit(b));
    } else {
        return a == b;
    }
}

template <class T>
class NumberModelTest : public ::testing::Test {};
struct TypeNames {
    template <class T>
    static std::string GetName(int) {
        const std::string kind = std::is_floating_point_v<T> ? "float"
                                 : std::is_signed_v<T>       ? "int"
                                                             : "uint";
        return kind + std::to_string(8 * sizeof(T));
    }
};
using Types = ::testing::Types<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                               std::uint32_t, std::int64_t, std::uint64_t, float, double>;
TYPED_TEST_SUITE(NumberModelTest, Types, TypeNames);

TYPED_TEST(NumberModelTest, random_operations_give_what_the_model_gives) {
    using T = TypeParam;
    using Model = std::conditional_t<std::is_floating_point_v<T>, FloatModel<T>, IntegerModel<T>>;
    auto random = atomos::testing::random_stream(sizeof(T));
    atomos::AtomicNumber<T> number{0};
    T value = 0;

    for (int step = 0; step < 20'000; ++step) {
        const int verb = static_cast<int>(below(random, Model::verbs));
        const T before = value;
        // Every other comparison is offered what stands.
        const T x = verb == (std::is_floating_point_v<T> ? 7 : 21) && below(random, 2) == 0
                        ? value
                        : Model::random(random);
        const T y = Model::random(random);
        const T z = Model::random(random);

        const auto expected = Model::model(verb, value, x, y, z);
        const auto given = Model::real(verb, number, x, y, z);

        ASSERT_TRUE(expected.has_value() == given.has_value() &&
                    (!expected || identical(*expected, *given)) && identical(value, number.get()))
            << "step " << step << ", verb " << verb << " on " << +before << " with " << +x << ", "
            << +y << ", " << +z << ": expected " << +expected.value_or(-1) << ", given "
            << +given.value_or(-1) << "; stands " << +number.get();
    }
}

}  // namespace
