/// \file
/// Validators that change while a swap is under way: what the old one has checked never lands under
/// the new one.

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::ValidationError;
using atomos::testing::on_another_thread;
using atomos::testing::together;

int increment(int n) { return n + 1; }
bool is_positive(int n) { return n > 0; }

template <class Scope>
class ValidatorRaceLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(ValidatorRaceLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(ValidatorRaceLaws, a_candidate_that_lost_its_race_is_not_refused_for_what_it_was) {
    auto atom = TestFixture::Makes::atom(1);
    bool first = true;
    atom.set_validator([&](int candidate) {
        if (candidate == 0 && std::exchange(first, false)) {
            on_another_thread([&] { atom.reset(50); });
        }
        return candidate > 0;
    });

    // On the value 1 it is refused, but by then 50 stands.
    const auto now = atom.swap([](int n) { return n - 1; });

    EXPECT_EQ(*now, 49);
}

TYPED_TEST(ValidatorRaceLaws, a_swap_that_the_old_validator_checked_does_not_land_under_the_new) {
    auto atom = TestFixture::Makes::atom(1);
    bool meddle = false;
    atom.set_validator([&](int) {
        if (std::exchange(meddle, false)) {
            on_another_thread([&] { atom.set_validator([](int n) { return n < 10; }); });
        }
        return true;
    });
    meddle = true;

    EXPECT_THROW(atom.swap([](int n) { return n + 100; }), ValidationError);

    EXPECT_EQ(*atom.deref(), 1);
    EXPECT_EQ(atom.version(), 1U);
}

TYPED_TEST(ValidatorRaceLaws, a_swap_that_no_validator_checked_does_not_land_under_the_first_one) {
    auto atom = TestFixture::Makes::atom(1);
    bool meddle = true;

    EXPECT_THROW(atom.swap([&](int n) {
        if (std::exchange(meddle, false)) atom.set_validator([](int m) { return m < 10; });
        return n + 100;
    }),
                 ValidationError);

    EXPECT_EQ(*atom.deref(), 1);
}

TYPED_TEST(ValidatorRaceLaws, a_swap_does_not_land_when_validators_came_full_circle_meanwhile) {
    for (int changes = 1; changes < 20; ++changes) {
        auto atom = TestFixture::Makes::atom(1);
        bool meddle = false;
        atom.set_validator([&](int) {
            if (std::exchange(meddle, false)) {
                on_another_thread([&] {
                    atom.set_validator(nullptr);
                    for (int i = 0; i < changes; ++i) {
                        atom.set_validator([](int n) { return n < 10; });
                    }
                });
            }
            return true;
        });
        meddle = true;

        EXPECT_THROW(atom.reset(100), ValidationError) << changes;

        EXPECT_EQ(*atom.deref(), 1);
    }
}

TYPED_TEST(ValidatorRaceLaws, what_the_old_validator_refused_the_new_one_may_let_pass) {
    auto atom = TestFixture::Makes::atom(1);
    bool meddle = false;
    atom.set_validator([&](int candidate) {
        if (std::exchange(meddle, false)) {
            on_another_thread([&] { atom.set_validator(nullptr); });
        }
        return candidate > 0;
    });
    meddle = true;

    const auto now = atom.reset(-5);

    EXPECT_EQ(*now, -5);
}

TYPED_TEST(ValidatorRaceLaws, a_validator_may_set_another_one) {
    auto atom = TestFixture::Makes::atom(1);
    bool meddle = false;
    atom.set_validator([&](int) {
        if (std::exchange(meddle, false)) atom.set_validator(is_positive);
        return true;
    });
    meddle = true;

    EXPECT_EQ(*atom.reset(3), 3);
    EXPECT_THROW(atom.reset(-3), ValidationError);
}

TYPED_TEST(ValidatorRaceLaws, a_validator_may_swap_the_atom_that_it_guards) {
    auto atom = TestFixture::Makes::atom(1);
    bool meddle = false;
    atom.set_validator([&](int) {
        if (std::exchange(meddle, false)) atom.swap(increment);
        return true;
    });
    meddle = true;

    const auto now = atom.swap([](int n) { return 10 * n; });

    EXPECT_EQ(*now, 20);
    EXPECT_EQ(now.version(), 3U);
}

/// A validator that leaves time between its check and its answer.
template <class Check>
auto slowly(Check check) {
    return [check](int n) {
        const bool answer = check(n);
        std::this_thread::yield();
        return answer;
    };
}

TYPED_TEST(ValidatorRaceLaws, among_threads_no_value_lands_that_the_standing_validator_refuses) {
    // Only small values, then all, and so on. Writers offer both.
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    const auto offer = [&](int n) {
        try {
            atom.reset(n);
            return true;
        } catch (const ValidationError&) {
            return false;
        }
    };

    together(3, [&](int thread) {
        if (thread != 0) {
            for (int i = 0; !done; ++i) offer(i % 2 == 0 ? 5 : 500);
            return;
        }
        const auto is_small = [](int n) { return n < 10; };
        for (int round = 0; round < 60; ++round) {
            for (bool set = false; !set;) {
                offer(5);
                try {
                    atom.set_validator(slowly(is_small));
                    set = true;
                } catch (const ValidationError&) {
                }
            }
            for (int i = 0; i < 3; ++i) {
                if (!is_small(*atom.deref())) ++wrong;
                std::this_thread::yield();
            }
            atom.set_validator(slowly([](int) { return true; }));
        }
        done = true;
    });

    EXPECT_EQ(wrong, 0);
}

}  // namespace
