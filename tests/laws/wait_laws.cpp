/// \file
/// Waiting for a new version: nothing is missed, no limit is too short or too long.

#include <atomic>
#include <chrono>
#include <limits>
#include <optional>
#include <thread>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::testing::together;
using std::chrono::steady_clock;
using std::chrono::system_clock;

/// Time that passes by being looked at: a millisecond a look.
struct LookedAtClock {
    using duration = std::chrono::milliseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<LookedAtClock>;
    [[maybe_unused]] static constexpr bool is_steady = true;
    static inline std::atomic<int> looks{0};
    static time_point now() { return time_point(duration(++looks)); }
};

template <class Scope>
class WaitLaws : public laws::Law<Scope> {
  protected:
    /// Starts to wait, lets another thread change the atom, and returns what the wait gave.
    template <class Wait>
    static auto woken_by_a_change(Wait wait) {
        auto atom = laws::Made<Scope>::atom(0);
        const auto seen = atom.deref();
        decltype(wait(atom, seen)) result;
        std::atomic<bool> begun{false};
        together(2, [&](int thread) {
            if (thread == 0) {
                begun = true;
                result = wait(atom, seen);
            } else {
                while (!begun) std::this_thread::yield();
                atom.reset(1);
            }
        });
        return result;
    }
};
TYPED_TEST_SUITE(WaitLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(WaitLaws, a_wait_for_a_version_that_was_replaced_ends_at_once_with_the_current_one) {
    auto atom = TestFixture::Makes::atom(0);
    const auto seen = atom.deref();
    atom.reset(1);
    atom.reset(2);

    EXPECT_EQ(*atom.wait(seen), 2);
    EXPECT_EQ(**atom.wait_for(seen, 0s), 2);
    EXPECT_EQ(**atom.wait_until(seen, steady_clock::time_point::min()), 2);
}

TYPED_TEST(WaitLaws, a_value_that_flips_and_flips_back_is_not_missed) {
    auto atom = TestFixture::Makes::atom(0);
    const auto seen = atom.deref();
    atom.reset(1);
    atom.reset(0);

    const auto now = atom.wait(seen);

    EXPECT_EQ(*now, *seen);
    EXPECT_EQ(now.version(), 3U);
}

TYPED_TEST(WaitLaws, an_equal_value_ends_a_wait_too) {
    auto reference = TestFixture::Makes::reference(0);
    const auto seen = reference.get();
    reference.set(0);

    EXPECT_EQ(reference.wait(seen).version(), 2U);
}

TYPED_TEST(WaitLaws, a_change_on_another_thread_ends_a_wait) {
    const auto now =
        TestFixture::woken_by_a_change([](auto& atom, auto& seen) { return atom.wait(seen); });

    EXPECT_EQ(*now, 1);
}

TYPED_TEST(WaitLaws, without_a_change_a_wait_of_no_length_or_less_gives_nothing) {
    auto atom = TestFixture::Makes::atom(0);
    const auto seen = atom.deref();

    EXPECT_FALSE(atom.wait_for(seen, 0s).has_value());
    EXPECT_FALSE(atom.wait_for(seen, -1ms).has_value());
    EXPECT_FALSE(atom.wait_for(seen, std::chrono::nanoseconds::min()).has_value());
    EXPECT_FALSE(atom.wait_for(seen, std::chrono::hours::min()).has_value());
    EXPECT_FALSE(atom.wait_for(seen, std::chrono::duration<double>(-1e300)).has_value());
    EXPECT_FALSE(atom.wait_until(seen, steady_clock::now()).has_value());
    EXPECT_FALSE(atom.wait_until(seen, steady_clock::time_point::min()).has_value());
    EXPECT_FALSE(atom.wait_until(seen, system_clock::time_point::min()).has_value());
}

TYPED_TEST(WaitLaws, without_a_change_a_wait_lasts_as_long_as_was_asked_for) {
    auto atom = TestFixture::Makes::atom(0);
    const auto seen = atom.deref();

    const auto before = steady_clock::now();
    const auto a = atom.wait_for(seen, 3ms);
    const auto b = atom.wait_for(seen, std::chrono::duration<double, std::milli>(2.5));
    const auto c = atom.wait_until(seen, steady_clock::now() + 2ms);
    const auto waited = steady_clock::now() - before;

    EXPECT_FALSE(a || b || c);
    EXPECT_GE(waited, 7500us);
}

TYPED_TEST(WaitLaws, a_wait_for_the_longest_time_there_is_waits_and_is_woken) {
    const auto spans = [](auto span) {
        const auto now = TestFixture::woken_by_a_change(
            [span](auto& atom, auto& seen) { return atom.wait_for(seen, span); });
        return now ? **now : -1;
    };

    EXPECT_EQ(spans(std::chrono::nanoseconds::max()), 1);
    EXPECT_EQ(spans(std::chrono::seconds::max()), 1);
    EXPECT_EQ(spans(std::chrono::hours::max()), 1);
    EXPECT_EQ(spans(std::chrono::duration<double>(1e300)), 1);
    EXPECT_EQ(spans(std::chrono::duration<float>(std::numeric_limits<float>::infinity())), 1);
}

TYPED_TEST(WaitLaws, a_span_that_is_longer_than_its_number_of_hours_waits_and_is_woken) {
    const auto spans = [](auto span) {
        const auto now = TestFixture::woken_by_a_change(
            [span](auto& atom, auto& seen) { return atom.wait_for(seen, span); });
        return now ? **now : -1;
    };

    EXPECT_EQ(spans(std::chrono::days::max()), 1);
    EXPECT_EQ(spans(std::chrono::years::max()), 1);
}

TYPED_TEST(WaitLaws, a_wait_until_the_end_of_time_waits_and_is_woken) {
    const auto steady = TestFixture::woken_by_a_change([](auto& atom, auto& seen) {
        return atom.wait_until(seen, steady_clock::time_point::max());
    });
    const auto wall = TestFixture::woken_by_a_change([](auto& atom, auto& seen) {
        return atom.wait_until(seen, system_clock::time_point::max());
    });

    EXPECT_EQ(**steady, 1);
    EXPECT_EQ(**wall, 1);
}

TYPED_TEST(WaitLaws, a_wait_until_goes_by_the_clock_that_it_is_given) {
    auto atom = TestFixture::Makes::atom(0);
    const auto seen = atom.deref();
    LookedAtClock::looks = 0;

    const auto now = atom.wait_until(seen, LookedAtClock::time_point(6ms));

    EXPECT_FALSE(now.has_value());
    EXPECT_GE(LookedAtClock::looks, 6);
}

TYPED_TEST(WaitLaws, two_threads_that_wait_for_each_other_in_turn_never_miss_a_turn) {
    constexpr int turns = 300;
    auto reference = TestFixture::Makes::reference(0);

    together(2, [&](int thread) {
        for (;;) {
            auto now = reference.get();
            while (*now < turns && *now % 2 != thread) now = reference.wait(now);
            if (*now >= turns) return;
            reference.set(*now + 1);
        }
    });

    EXPECT_EQ(*reference.get(), turns);
}

TYPED_TEST(WaitLaws, every_waiter_is_woken_by_one_change) {
    auto atom = TestFixture::Makes::atom(0);
    const auto seen = atom.deref();
    std::atomic<int> begun{0};
    std::atomic<int> woken{0};

    together(5, [&](int thread) {
        if (thread == 0) {
            while (begun != 4) std::this_thread::yield();
            atom.swap([](int n) { return n + 1; });
        } else {
            ++begun;
            woken += *atom.wait(seen);
        }
    });

    EXPECT_EQ(woken, 4);
}

}  // namespace
