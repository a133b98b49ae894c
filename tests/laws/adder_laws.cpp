/// \file
/// What adders and accumulators promise in every scope: every add counts, and is in exactly one drain.

#include <atomic>
#include <cmath>
#include <cstdint>

#include "laws/adders.hpp"
#include "support/together.hpp"

namespace {

using namespace laws;
using atomos::testing::on_another_thread;
using atomos::testing::together;

TYPED_TEST_SUITE(AdderLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(AdderLaws, a_sum_begins_at_0_and_has_what_was_added_and_taken_back) {
    auto adder = TestFixture::Makes::longs();
    EXPECT_EQ(adder.sum(), 0);

    adder.add(5);
    adder.increment();
    adder.decrement();
    adder.decrement();

    EXPECT_EQ(adder.sum(), 4);
    EXPECT_EQ(adder.sum(), 4) << "a look changes nothing";
    EXPECT_EQ(static_cast<std::int64_t>(adder), 4);
}

TYPED_TEST(AdderLaws, a_drain_gives_the_sum_and_leaves_0) {
    auto adder = TestFixture::Makes::longs();
    adder.add(7);

    EXPECT_EQ(adder.sum_then_reset(), 7);
    EXPECT_EQ(adder.sum_then_reset(), 0);
    adder.add(-3);
    EXPECT_EQ(adder.sum(), -3);
    EXPECT_EQ(adder.sum_then_reset(), -3);
    adder.add(9);
    adder.reset();
    EXPECT_EQ(adder.sum(), 0);
}

TYPED_TEST(AdderLaws, a_sum_wraps_around) {
    auto adder = TestFixture::Makes::longs();
    adder.add(highest);

    on_another_thread([&] { adder.increment(); });

    EXPECT_EQ(adder.sum(), lowest);
    EXPECT_EQ(adder.sum_then_reset(), lowest);
    EXPECT_EQ(adder.sum(), 0);
}

TYPED_TEST(AdderLaws, what_ended_threads_added_counts) {
    auto adder = TestFixture::Makes::longs();
    auto doubles = TestFixture::Makes::doubles();
    auto greatest = TestFixture::Makes::template accumulator<std::int64_t>(Max{}, lowest);

    for (int i = 0; i < 20; ++i) {
        on_another_thread([&] {
            adder.add(2);
            doubles.add(0.5);
            greatest.accumulate(-i);
        });
    }

    EXPECT_EQ(adder.sum(), 40);
    EXPECT_EQ(doubles.sum(), 10.0);
    EXPECT_EQ(greatest.get(), 0);
}

TYPED_TEST(AdderLaws, a_sum_of_doubles_is_not_rounded_away) {
    auto adder = TestFixture::Makes::doubles();

    for (int i = 0; i < 10'000; ++i) adder.add(0.1);
    EXPECT_EQ(adder.sum(), 1000.0);
    EXPECT_EQ(static_cast<double>(adder), 1000.0);

    adder.add(1e100);
    on_another_thread([&] { adder.add(1.0); });
    adder.add(-1e100);
    EXPECT_EQ(adder.sum_then_reset(), 1001.0);
}

TYPED_TEST(AdderLaws, a_sum_of_doubles_has_nothing_of_what_was_drained) {
    auto adder = TestFixture::Makes::doubles();
    adder.add(1e300);
    EXPECT_EQ(adder.sum_then_reset(), 1e300);

    adder.add(0.25);
    EXPECT_EQ(adder.sum_then_reset(), 0.25);
    adder.add(std::nan(""));
    EXPECT_TRUE(std::isnan(adder.sum_then_reset()));
    adder.add(infinity);
    EXPECT_EQ(adder.sum(), infinity);
    adder.add(-infinity);
    EXPECT_TRUE(std::isnan(adder.sum()));
    adder.reset();

    EXPECT_EQ(adder.sum(), 0.0);
}

TYPED_TEST(AdderLaws, an_accumulator_begins_again_at_its_identity) {
    auto greatest = TestFixture::Makes::template accumulator<std::int64_t>(Max{}, lowest);
    auto product = TestFixture::Makes::template accumulator<double>(Product{}, 1.0);
    EXPECT_EQ(greatest.get(), lowest);
    EXPECT_EQ(product.get(), 1.0);

    together(3, [&](int thread) {
        greatest.accumulate(thread);
        product.accumulate(2.0);
    });

    EXPECT_EQ(greatest.get(), 2);
    EXPECT_EQ(greatest.get_then_reset(), 2);
    EXPECT_EQ(greatest.get_then_reset(), lowest);
    EXPECT_EQ(static_cast<double>(product), 8.0);
    product.reset();
    EXPECT_EQ(product.get(), 1.0);
}

TYPED_TEST(AdderLaws, what_an_operation_throws_passes_and_nothing_has_changed) {
    auto picky = TestFixture::Makes::template accumulator<std::int64_t>(PickyPlus{}, 0);
    picky.accumulate(4);

    EXPECT_THROW(picky.accumulate(-1), std::int64_t);

    EXPECT_EQ(picky.get(), 4);
}

TYPED_TEST(AdderLaws, every_add_of_many_threads_is_in_exactly_one_drain) {
    constexpr int adds = 3000;
    auto longs = TestFixture::Makes::longs();
    auto doubles = TestFixture::Makes::doubles();
    auto plus = TestFixture::Makes::template accumulator<std::int64_t>(PickyPlus{}, 0);
    std::atomic<std::int64_t> drained{0};
    std::atomic<int> working{3};

    together(5, [&](int thread) {
        if (thread > 2) {
            do {
                const std::int64_t taken = longs.sum_then_reset();
                ASSERT_GE(taken, 0);
                drained += taken + static_cast<std::int64_t>(doubles.sum_then_reset()) +
                           plus.get_then_reset();
            } while (working != 0);
            return;
        }
        for (int i = 0; i < adds; ++i) {
            longs.increment();
            doubles.add(1);
            plus.accumulate(1);
        }
        --working;
    });

    EXPECT_EQ(drained + longs.sum() + static_cast<std::int64_t>(doubles.sum()) + plus.get(),
              std::int64_t{3} * 3 * adds);
}

TYPED_TEST(AdderLaws, of_rivals_that_drain_none_takes_what_another_has_taken) {
    auto adder = TestFixture::Makes::longs();
    std::atomic<std::int64_t> drained{0};
    std::atomic<int> drains{60'000};
    std::int64_t added = 0;

    together(4, [&](int thread) {
        while (drains > 0) {
            if (thread == 0) {
                adder.increment();
                ++added;
                continue;
            }
            const std::int64_t taken = adder.sum_then_reset();
            EXPECT_GE(taken, 0);
            drained += taken;
            --drains;
        }
    });

    EXPECT_EQ(drained + adder.sum(), added);
}

TYPED_TEST(AdderLaws, a_sum_beside_adds_counts_what_was_added_before) {
    auto adder = TestFixture::Makes::longs();
    std::atomic<std::int64_t> added{0};

    together(2, [&](int thread) {
        constexpr std::int64_t all = 5000;
        if (thread == 0) {
            for (std::int64_t i = 1; i <= all; ++i) {
                adder.increment();
                added.store(i, std::memory_order_release);
            }
            return;
        }
        for (std::int64_t before = 0; before != all;) {
            before = added.load(std::memory_order_acquire);
            const std::int64_t sum = adder.sum();
            ASSERT_GE(sum, before);
            ASSERT_LE(sum, all);
        }
    });
}

}  // namespace
