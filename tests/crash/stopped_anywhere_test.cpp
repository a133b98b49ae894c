/// \file
/// A process that is stopped behind whichever instruction of an operation stops nobody else; and when
/// it goes on, after others have worked, its operation is as right as if it had never been stopped.
#include <gtest/gtest.h>

#include <array>
#include <atomos/process.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "crash/directory.hpp"
#include "crash/stopped.hpp"
#include "crash/thorough.hpp"
#include "crash/twin.hpp"
#include "support/seed.hpp"

namespace {

using atomos::process::Region;
using crash::Outcome;
using crash::Plan;
using crash::SeenAtom;
using crash::SeenNumber;
using crash::Step;
using crash::Stopped;
using crash::Twin;
using crash::Verb;
using crash::Wrong;

/// A twin without a lock, as a process sees it.
class SeenMemcpy {
  public:
    using Spec = crash::Specification<false>;

    std::uint64_t see() { return seen_ = get(); }

    Outcome perform(const Step& step) {
        const std::uint64_t before = get();
        if (step.verb <= Verb::read) return {.before = {before}};
        if (step.verb > Verb::compare_and_set) return {};
        if (step.verb == Verb::compare_and_set && before != seen_) return {};
        const std::uint64_t after = step.value + (step.verb == Verb::swap ? before : 0);
        const Twin::Value next = Twin::whole(after);
        std::memcpy(&value_, &next, sizeof(next));
        if (step.verb == Verb::compare_and_set) return {.won = true};
        return {.before = {before}, .after = {after}};
    }

  private:
    std::uint64_t get() const {
        Twin::Value value;
        std::memcpy(&value, &value_, sizeof(value));
        return value == Twin::whole(value[0]) ? value[0] : crash::torn_value;
    }

    Twin::Value& value_ = crash::mapped_twin<Twin::Value>(false);
    std::uint64_t seen_ = 0;
};

const std::vector<Plan>& plans() {
    const Step one_more{Verb::swap, 1};
    static const std::vector<Plan> all = {
        {.meanwhile = {{Verb::get}, {Verb::recover}, {Verb::get}}},
        {.meanwhile = {{Verb::recover}, {Verb::swap, 1000}, {Verb::recover}}},
        {.meanwhile = std::vector<Step>(24, Step{Verb::swap, 3})},
        {.meanwhile = {{Verb::reset, 5}, {Verb::get}, {Verb::compare_and_set, 6}}},
        {.meanwhile = {one_more, {Verb::swap, ~std::uint64_t{0}}}},
        {.meanwhile = {one_more, {Verb::change_another, 5}, one_more, {Verb::change_another, 11}},
         .after = {one_more, {Verb::change_another, 5}}},
    };
    return all;
}

/// Whether to stop behind each instruction, or behind some.
const bool every = crash::optimised || crash::every_instruction();

class Stops : public testing::Test {
  protected:
    void SetUp() override {
        const std::string refused = crash::Stepper::refused();
        if (!refused.empty()) GTEST_SKIP() << refused;
        directory_.enter();
    }

    /// Behind which instruction something was wrong first; empty: behind none.
    template <class Access>
    static Wrong first_wrong(Stopped<Access>& stopped, bool behind_each) {
        auto random = atomos::testing::random_stream(0);
        const std::size_t stops = behind_each ? stopped.instructions() : 25;
        for (std::size_t i = 0; i < stops; ++i) {
            const auto n = behind_each ? i : atomos::testing::below(random, stopped.instructions());
            for (std::size_t plan = 0; plan < plans().size(); ++plan) {
                const Wrong wrong = stopped.stop_behind(n, plans()[plan]);
                if (wrong.empty()) continue;
                return "behind " + std::to_string(n) + " instructions, plan " +
                       std::to_string(plan) + ", " + wrong;
            }
        }
        return {};
    }

    /// In a region that is made anew, by a process of its own, so that this one has no part in it.
    template <class Access>
    static Stopped<Access> stopped_in_a_region(const Step& step) {
        crash::in_a_process_that_is_killed([] {
            Region::remove("stopped");
            Region::create("stopped", {.bytes = 64 << 10U});
        });
        return Stopped<Access>(
            [] { return std::make_unique<Access>(Region::open("stopped"), "variable"); }, step);
    }

  private:
    crash::Directory directory_;
};

class StoppedAnywhere : public Stops, public testing::WithParamInterface<Step> {};

TEST_P(StoppedAnywhere, in_an_operation_of_an_atom_a_process_goes_on_rightly) {
    auto stopped = stopped_in_a_region<SeenAtom>(GetParam());

    EXPECT_EQ(first_wrong(stopped, every), "")
        << "of " << stopped.instructions() << " instructions";
}

TEST_P(StoppedAnywhere, in_an_operation_of_a_number_a_process_goes_on_rightly) {
    auto stopped = stopped_in_a_region<SeenNumber>(GetParam());

    EXPECT_EQ(first_wrong(stopped, every), "")
        << "of " << stopped.instructions() << " instructions";
}

TEST_P(StoppedAnywhere, in_a_memcpy_a_process_is_caught_with_a_wrong_value) {
    crash::mapped_twin<Twin::Value>(true).fill(0);
    Stopped<SeenMemcpy> stopped([] { return std::make_unique<SeenMemcpy>(); }, GetParam());

    const Wrong wrong = first_wrong(stopped, true);

    EXPECT_NE(wrong, "");
    std::cout << wrong << '\n';
}

/// A value so big that it is read where it stands.
TEST_F(Stops, in_a_look_at_a_big_value_a_process_goes_on_rightly) {
    auto stopped = stopped_in_a_region<crash::SeenAtomOf<crash::Repeated<300>>>({Verb::read});

    EXPECT_EQ(first_wrong(stopped, false), "")
        << "of " << stopped.instructions() << " instructions";
}

/// The space of who was killed is given up, and soon cut into blocks of another size.
TEST_F(Stops, in_a_look_into_blocks_that_are_cut_anew_a_process_goes_on_rightly) {
    const Step one_more{Verb::swap, 1};
    const Plan plan{.before = std::vector<Step>(4, one_more),
                    .meanwhile = {one_more, {Verb::recover}},
                    .after = {{Verb::write_texts}}};

    std::size_t instructions = 1;
    for (std::size_t n = 0; n < instructions; n += crash::optimised ? 4 : 200) {
        auto stopped = stopped_in_a_region<SeenAtom>({Verb::get});
        instructions = stopped.instructions();
        for (int round = 0; round < 3; ++round) {
            ASSERT_EQ(stopped.stop_behind(n, plan), "") << "behind " << n << " instructions";
        }
    }
}

constexpr std::array steps{Step{Verb::get}, Step{Verb::reset, 77}, Step{Verb::swap, 10},
                           Step{Verb::compare_and_set, 88}};

INSTANTIATE_TEST_SUITE_P(In, StoppedAnywhere, testing::ValuesIn(steps),
                         [](const auto& one) { return word(one.param.verb); });

}  // namespace
