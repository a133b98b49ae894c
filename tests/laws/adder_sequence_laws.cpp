/// \file
/// Adders and accumulators beside a plain value: the same random operations, on random threads, do the same.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>

#include "laws/adders.hpp"
#include "support/seed.hpp"
#include "support/together.hpp"

namespace {

using namespace laws;
using atomos::testing::below;
using atomos::testing::on_another_thread;
using atomos::testing::random_stream;

template <class Scope>
using AdderSequenceLaws = AdderLaws<Scope>;
TYPED_TEST_SUITE(AdderSequenceLaws, InEvery, ScopeNames);

/// Runs f here, or sometimes on another thread.
template <class F>
void somewhere(std::mt19937_64& random, F f) {
    if (below(random, 16) == 0) {
        on_another_thread(f);
    } else {
        f();
    }
}

std::int64_t any_long(std::mt19937_64& random) {
    switch (below(random, 4)) {
        case 0:
            return below(random, 2) == 0 ? lowest : highest;
        case 1:
            return static_cast<std::int64_t>(random());
        default:
            return static_cast<std::int64_t>(below(random, 21)) - 10;
    }
}

TYPED_TEST(AdderSequenceLaws, random_operations_do_to_a_sum_what_they_do_to_an_integer) {
    auto random = random_stream(1);
    for (int round = 0; round < 10; ++round) {
        auto adder = TestFixture::Makes::longs();
        std::uint64_t model = 0;
        for (int i = 0; i < 200; ++i) {
            const std::int64_t x = any_long(random);
            const auto expected = static_cast<std::int64_t>(model);
            somewhere(random, [&] {
                switch (below(random, 7)) {
                    case 0:
                        ASSERT_EQ(adder.sum_then_reset(), expected);
                        model = 0;
                        break;
                    case 1:
                        adder.increment();
                        ++model;
                        break;
                    case 2:
                        adder.decrement();
                        --model;
                        break;
                    case 3:
                        ASSERT_EQ(adder.sum(), expected);
                        break;
                    default:
                        adder.add(x);
                        model += static_cast<std::uint64_t>(x);
                }
            });
        }
        EXPECT_EQ(adder.sum(), static_cast<std::int64_t>(model));
    }
}

TYPED_TEST(AdderSequenceLaws,
           random_operations_do_to_a_sum_of_doubles_what_they_do_in_exact_arithmetic) {
    auto random = random_stream(2);
    for (int round = 0; round < 5; ++round) {
        auto adder = TestFixture::Makes::doubles();
        // In quarters, of which an int64 and a double hold all that come up here.
        std::int64_t model = 0;
        for (int i = 0; i < 200; ++i) {
            const std::int64_t x = static_cast<std::int64_t>(below(random, 1U << 30U)) - (1 << 29);
            somewhere(random, [&] {
                switch (below(random, 6)) {
                    case 0:
                        ASSERT_EQ(adder.sum_then_reset(), static_cast<double>(model) / 4);
                        model = 0;
                        break;
                    case 1:
                        ASSERT_EQ(adder.sum(), static_cast<double>(model) / 4);
                        break;
                    case 2:
                        adder.add(0x1p70);
                        adder.add(static_cast<double>(x) / 4);
                        adder.add(-0x1p70);
                        model += x;
                        break;
                    default:
                        adder.add(static_cast<double>(x) / 4);
                        model += x;
                }
            });
        }
        EXPECT_EQ(adder.sum(), static_cast<double>(model) / 4);
    }
}

TYPED_TEST(AdderSequenceLaws,
           random_operations_do_to_an_accumulator_what_they_do_to_a_plain_value) {
    auto random = random_stream(3);
    for (int round = 0; round < 10; ++round) {
        auto greatest = TestFixture::Makes::template accumulator<std::int64_t>(Max{}, lowest);
        auto bits = TestFixture::Makes::template accumulator<std::int64_t>(std::bit_xor<>{}, 0);
        std::int64_t model_of_greatest = lowest;
        std::int64_t model_of_bits = 0;
        for (int i = 0; i < 100; ++i) {
            const std::int64_t x = any_long(random);
            somewhere(random, [&] {
                switch (below(random, 8)) {
                    case 0:
                        ASSERT_EQ(greatest.get_then_reset(), model_of_greatest);
                        model_of_greatest = lowest;
                        break;
                    case 1:
                        ASSERT_EQ(bits.get_then_reset(), model_of_bits);
                        model_of_bits = 0;
                        break;
                    case 2:
                        greatest.reset();
                        model_of_greatest = lowest;
                        break;
                    default:
                        greatest.accumulate(x);
                        bits.accumulate(x);
                        model_of_greatest = std::max(model_of_greatest, x);
                        model_of_bits ^= x;
                }
            });
            ASSERT_EQ(greatest.get(), model_of_greatest);
            ASSERT_EQ(bits.get(), model_of_bits);
        }
    }
}

}  // namespace
