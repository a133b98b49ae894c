/// \file
/// User code throws, at every place where it is called: nothing has changed, nothing is left behind, and
/// the atom goes on working.
#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "hazards/threads.hpp"

namespace {

using atomos::Atom;
using atomos::AtomicReference;

struct Thrown {};

/// A value whose n-th copy, move or comparison from now on throws.
class Fragile {
  public:
    explicit Fragile(int number) : number_(number) { ++alive; }
    Fragile(const Fragile& other) : number_(other.number_) {
        step();
        ++alive;
    }
    // NOLINTNEXTLINE(performance-noexcept-move-constructor): throwing is its purpose
    Fragile(Fragile&& other) : number_(other.number_) {
        step();
        ++alive;
    }
    Fragile& operator=(const Fragile& other) {
        step();
        number_ = other.number_;
        return *this;
    }
    ~Fragile() { --alive; }

    int number() const { return number_; }

    friend bool operator==(const Fragile& a, const Fragile& b) {
        step();
        return a.number_ == b.number_;
    }

    static void step() {
        if (countdown > 0 && --countdown == 0) throw Thrown{};
    }
    static inline thread_local int countdown = 0;
    static inline std::atomic<int> alive{0};

  private:
    int number_;
};

Fragile next(const Fragile& value) {
    Fragile::step();
    return Fragile(value.number() + 1);
}

/// Runs an operation with the first step throwing, then the second, until none does. After each throw the
/// value has to be what it was.
template <class Run>
void at_every_step(Run run) {
    bool passed = false;
    for (int n = 1; !passed; ++n) {
        ASSERT_LT(n, 100);
        {
            Atom<Fragile> atom{Fragile{1}};
            atom.set_validator([](const Fragile& value) {
                Fragile::step();
                return value.number() >= 0;
            });
            const auto seen = atom.deref();
            Fragile::countdown = n;
            try {
                run(atom, seen);
                passed = Fragile::countdown > 0;
            } catch (const Thrown&) {
                EXPECT_TRUE(atom.deref().same_as(seen)) << "step " << n;
            } catch (const atomos::ValidationError& error) {
                EXPECT_THROW(std::rethrow_if_nested(error), Thrown);
                EXPECT_TRUE(atom.deref().same_as(seen)) << "step " << n;
            }
            Fragile::countdown = 0;
            const int before = atom.deref()->number();
            EXPECT_EQ(atom.swap(next)->number(), before + 1);
            EXPECT_EQ(seen->number(), 1);
        }
        atomos::collect();
        ASSERT_EQ(Fragile::alive.load(), 0) << "step " << n;
    }
}

/// Without other threads, and beside some, which is another path of reclamation.
class ExceptionAtEveryStep : public testing::TestWithParam<int> {
  protected:
    hazards::IdleThreads others_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(BesideThreads, ExceptionAtEveryStep, testing::Values(0, 2),
                         [](const auto& n) { return std::to_string(n.param); });

TEST_P(ExceptionAtEveryStep, of_swap_changes_nothing) {
    at_every_step([](auto& atom, const auto&) { atom.swap(next); });
}

TEST_P(ExceptionAtEveryStep, of_swap_vals_changes_nothing) {
    at_every_step([](auto& atom, const auto&) { atom.swap_vals(next); });
}

TEST_P(ExceptionAtEveryStep, of_try_swap_changes_nothing) {
    at_every_step([](auto& atom, const auto&) {
        atom.try_swap([](const Fragile& value) { return std::optional<Fragile>(next(value)); });
    });
}

TEST_P(ExceptionAtEveryStep, of_reset_and_reset_vals_changes_nothing) {
    at_every_step([&](auto& atom, const auto&) { atom.reset(Fragile{5}); });
    at_every_step([&](auto& atom, const auto&) { atom.reset_vals(Fragile{5}); });
}

TEST_P(ExceptionAtEveryStep, of_compare_and_set_by_version_changes_nothing) {
    at_every_step([](auto& atom, const auto& seen) { atom.compare_and_set(seen, Fragile{5}); });
}

TEST_P(ExceptionAtEveryStep, of_compare_and_set_by_value_changes_nothing) {
    at_every_step(
        [](auto& atom, const auto&) { EXPECT_TRUE(atom.compare_and_set(Fragile{1}, Fragile{5})); });
    at_every_step([](auto& atom, const auto&) {
        EXPECT_FALSE(atom.compare_and_set(Fragile{2}, Fragile{5}));
    });
}

TEST_P(ExceptionAtEveryStep, of_set_validator_keeps_the_old_one) {
    at_every_step([](auto& atom, const auto&) {
        try {
            atom.set_validator([](const Fragile& value) {
                Fragile::step();
                return value.number() > -100;
            });
        } catch (...) {
            Fragile::countdown = 0;
            EXPECT_THROW(atom.reset(Fragile{-1}), atomos::ValidationError);
            throw;
        }
    });
}

TEST_P(ExceptionAtEveryStep, of_read_passes_and_ends_the_look) {
    at_every_step([](auto& atom, const auto&) {
        atom.read([&](const Fragile& outer) {
            Fragile::step();
            atom.read([&](const Fragile& inner) {
                Fragile::step();
                EXPECT_EQ(outer.number(), inner.number());
            });
        });
    });
}

TEST(ExceptionOfAMutator, inside_a_nested_swap_ends_both_and_changes_nothing) {
    Atom<int> outer{1};
    Atom<int> inner{1};

    EXPECT_THROW(outer.swap([&](int n) {
        inner.swap([](int) -> int { throw Thrown{}; });
        return n + 1;
    }),
                 Thrown);

    EXPECT_EQ(*outer.deref(), 1);
    EXPECT_EQ(*inner.deref(), 1);
}

TEST(ExceptionOfAMutator, leaves_what_it_changed_by_an_inner_swap_of_the_same_atom) {
    Atom<int> atom{1};

    EXPECT_THROW(atom.swap([&](int) -> int {
        atom.reset(7);
        throw Thrown{};
    }),
                 Thrown);

    EXPECT_EQ(*atom.deref(), 7);
}

TEST(ExceptionOfAWatch, of_each_kind_is_in_the_error_and_every_other_watch_has_run) {
    Atom<int> atom{1};
    std::vector<std::string> ran;
    const auto watch = [&](const std::string& key, auto act) {
        atom.add_watch(key, [&ran, act](const std::string& k, auto&, int, int) {
            ran.push_back(k);
            act();
        });
    };
    watch("a", [] { throw Thrown{}; });
    watch("b", [] {});
    watch("c", [] { throw std::runtime_error("c's own"); });
    watch("d", [] {});

    try {
        atom.reset(2);
        FAIL() << "nothing was thrown";
    } catch (const atomos::WatchError& error) {
        ASSERT_EQ(error.failures().size(), 2U);
        EXPECT_EQ(error.failures()[0].key, "a");
        EXPECT_THROW(std::rethrow_exception(error.failures()[0].error), Thrown);
        EXPECT_EQ(error.failures()[1].key, "c");
        EXPECT_EQ(error.version(), 2U);
    }

    EXPECT_EQ(ran, (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(*atom.deref(), 2);
}

TEST(ExceptionOfAFunction, on_a_number_changes_nothing) {
    atomos::AtomicLong number{1};

    EXPECT_THROW(number.update_and_get([](std::int64_t) -> std::int64_t { throw Thrown{}; }),
                 Thrown);
    EXPECT_THROW(
        number.try_update([](std::int64_t) -> std::optional<std::int64_t> { throw Thrown{}; }),
        Thrown);

    EXPECT_EQ(number.get(), 1);
}

}  // namespace
