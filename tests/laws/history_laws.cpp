/// \file
/// What several threads do to one variable at once could have been done in turn: recorded and
/// checked.

#include <atomos/number.hpp>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "laws/scopes.hpp"
#include "support/history.hpp"
#include "support/register.hpp"

namespace {

using atomos::Processes;
using atomos::Threads;
using atomos::testing::Oracle;
using atomos::testing::Register;
using Verb = Register::Verb;

/// Leaves time for rivals between the look and the replacement.
int plus(int n, int x) {
    std::this_thread::yield();
    return n + x;
}

template <class Scope>
class AnAtom {
  public:
    using scope = Scope;

    Register::Result perform(const Register::Operation& op) {
        switch (op.verb) {
            case Verb::get:
                return {*atom_.deref(), 0};
            case Verb::set:
                atom_.reset(op.x);
                return {};
            case Verb::get_and_set:
                return {*atom_.reset_vals(op.x).old, 0};
            case Verb::add_and_get:
                return {0, *atom_.swap(plus, op.x)};
            case Verb::swap_vals: {
                const auto change = atom_.swap_vals(plus, op.x);
                return {*change.old, *change.now};
            }
            case Verb::compare_and_set:
                return {atom_.compare_and_set(op.expect, op.x) ? 1 : 0, 0};
        }
        return {};
    }

  private:
    atomos::Atom<int, Scope> atom_ = laws::Made<Scope>::template atom<int>(0);
};

template <class Scope>
class AReference {
  public:
    using scope = Scope;

    Register::Result perform(const Register::Operation& op) {
        switch (op.verb) {
            case Verb::get:
                return {reference_.read([](int n) { return n; }), 0};
            case Verb::set:
                reference_.set(op.x);
                return {};
            case Verb::get_and_set:
                return {*reference_.get_and_set(op.x), 0};
            case Verb::add_and_get:
                return {0, *reference_.accumulate_and_get(op.x, plus)};
            case Verb::swap_vals: {
                const int before = *reference_.get_and_accumulate(op.x, plus);
                return {before, before + op.x};
            }
            case Verb::compare_and_set:
                return {reference_.compare_and_set(op.expect, op.x) ? 1 : 0, 0};
        }
        return {};
    }

  private:
    atomos::AtomicReference<int, Scope> reference_ = laws::Made<Scope>::template reference<int>(0);
};

template <class Scope>
class ANumber {
  public:
    using scope = Scope;

    Register::Result perform(const Register::Operation& op) {
        switch (op.verb) {
            case Verb::get:
                return {number(number_.get()), 0};
            case Verb::set:
                number_.set(op.x);
                return {};
            case Verb::get_and_set:
                return {number(number_.get_and_set(op.x)), 0};
            case Verb::add_and_get:
                return {0, number(number_.add_and_get(op.x))};
            case Verb::swap_vals: {
                const int before = number(number_.get_and_update([&](std::int64_t n) {
                    std::this_thread::yield();
                    return n + op.x;
                }));
                return {before, before + op.x};
            }
            case Verb::compare_and_set:
                return {number_.compare_and_set(op.expect, op.x) ? 1 : 0, 0};
        }
        return {};
    }

  private:
    static int number(std::int64_t n) { return static_cast<int>(n); }

    atomos::AtomicNumber<std::int64_t, Scope> number_ =
        laws::Made<Scope>::template number<std::int64_t>(0);
};

struct SubjectNames {
    template <class Subject>
    static std::string GetName(int) {
        using Scope = typename Subject::scope;
        const std::string what = std::is_same_v<Subject, AnAtom<Scope>>       ? "Atom"
                                 : std::is_same_v<Subject, AReference<Scope>> ? "AtomicReference"
                                                                              : "AtomicLong";
        return what + "Of" + laws::ScopeNames::GetName<Scope>(0);
    }
};

template <class Subject>
class HistoryLaws : public ::testing::Test {};
using Subjects = std::conditional_t<
    laws::broken, ::testing::Types<AnAtom<Threads>, AReference<Threads>>,
    ::testing::Types<AnAtom<Threads>, AReference<Threads>, ANumber<Threads>, AnAtom<Processes>,
                     AReference<Processes>, ANumber<Processes>, AnAtom<Oracle>, AReference<Oracle>,
                     ANumber<Oracle>>>;
TYPED_TEST_SUITE(HistoryLaws, Subjects, SubjectNames);

TYPED_TEST(HistoryLaws, what_threads_did_at_once_could_have_been_done_in_turn) {
    constexpr int threads = 3;
    constexpr int each = 5;
    for (std::uint64_t round = 0; round < 150; ++round) {
        TypeParam subject;
        auto random = atomos::testing::random_stream(round);
        Register::Operation planned[threads][each];
        for (auto& of_thread : planned) {
            for (auto& operation : of_thread) operation = Register::random(random);
        }

        const auto history = atomos::testing::record<Register>(
            threads, each, [&](int thread, int i) { return planned[thread][i]; },
            [&](const Register::Operation& operation) { return subject.perform(operation); });

        ASSERT_TRUE(atomos::testing::is_linearizable<Register>(history, 0)) << history;
    }
}

/// An oracle whose every third look shows the version before the one that stands.
struct Stale {
    template <class T>
    class Cell : public atomos::testing::OracleCell<T> {
        using Right = atomos::testing::OracleCell<T>;

      public:
        using Right::Right;
        using typename Right::Snapshot;

        Snapshot get() const {
            const std::lock_guard lock(mutex_);
            const auto standing = Right::get();
            if (!newest_.same_as(standing)) previous_ = std::exchange(newest_, standing);
            return ++looks_ % 3 == 0 && previous_ ? previous_ : standing;
        }

      private:
        mutable std::mutex mutex_;
        mutable Snapshot newest_;
        mutable Snapshot previous_;
        mutable int looks_ = 0;
    };
};

TEST(HistoryChecker, finds_a_cell_whose_looks_are_stale) {
    AReference<Stale> subject;

    const auto history = atomos::testing::record<Register>(
        2, 8,
        [](int thread, int i) {
            return Register::Operation{i % 2 == 0 ? Verb::set : Verb::get, 100 * thread + i};
        },
        [&](const Register::Operation& operation) { return subject.perform(operation); });

    EXPECT_FALSE(atomos::testing::is_linearizable<Register>(history, 0)) << history;
}

}  // namespace
