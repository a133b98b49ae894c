/// \file
/// The crash tests have teeth: they find a mutex locked for ever and a value torn, and accuse nothing
/// that is innocent.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "crash/every_instruction.hpp"
#include "crash/twin.hpp"
#include "support/seed.hpp"

namespace {

using crash::EveryInstruction;
using crash::Findings;
using crash::Operation;
using crash::Twin;
using crash::Wrong;

constexpr const char* hung = "nobody can lock it any more";
constexpr const char* torn = "the value is torn";
constexpr const char* lost = "an acknowledged write is lost";

std::function<Wrong(bool)> twin_check(bool robust) {
    return [robust](bool acknowledged) -> Wrong {
        Twin& twin = Twin::open();
        // On a copy a robust mutex cannot be told that its owner has died: as if it had been.
        if (twin.hangs() && !robust) return hung;
        const std::uint64_t number = twin.value()[0];
        if (twin.value() != Twin::whole(number)) return torn;
        return acknowledged && number != 2 ? lost : Wrong();
    };
}

Operation twin(bool robust) {
    return {
        .name = robust ? "set behind a robust mutex" : "set behind a mutex",
        .prepare = [=] { Twin::create(robust ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED); },
        .perform = [] { return [&twin = Twin::open()] { twin.set(Twin::whole(2)); }; },
        .check = twin_check(robust),
        .bystander = [=] { return twin_check(robust); },
    };
}

Operation word() {
    struct Word {
        std::atomic<std::uint64_t> number;
    };
    const auto check = [](bool acknowledged) -> Wrong {
        auto& number = crash::mapped_twin<Word>(false).number;
        const std::uint64_t found = number.load();
        if (found > 1) return torn;
        if (acknowledged && found != 1) return lost;
        return number.fetch_add(1) == found ? Wrong() : lost;
    };
    return {
        .name = "add to a word",
        .prepare = [] { crash::mapped_twin<Word>(true); },
        .perform =
            [] {
                return [&number = crash::mapped_twin<Word>(false).number] { number.fetch_add(1); };
            },
        .check = check,
        .bystander = [=] { return check; },
    };
}

class TwinIsCaught : public testing::Test {
  protected:
    void SetUp() override {
        const std::string refused = crash::Stepper::refused();
        if (!refused.empty()) GTEST_SKIP() << refused;
    }

    static std::size_t count(const Findings& findings, const Wrong& wrong) {
        return static_cast<std::size_t>(
            std::count_if(findings.wrong.begin(), findings.wrong.end(),
                          [&](const auto& finding) { return finding.wrong == wrong; }));
    }

    /// Behind how many instructions it was judged so first.
    static std::size_t first(const Findings& findings, const Wrong& wrong) {
        const auto found =
            std::find_if(findings.wrong.begin(), findings.wrong.end(),
                         [&](const auto& finding) { return finding.wrong == wrong; });
        return found == findings.wrong.end() ? 0 : found->instructions;
    }
};

TEST_F(TwinIsCaught, a_mutex_is_found_locked_for_ever) {
    EveryInstruction steps(twin(false));

    const Findings findings = steps.step_through();

    std::cout << findings << '\n';
    EXPECT_GT(count(findings, hung), 0U);
}

TEST_F(TwinIsCaught, a_robust_mutex_is_found_with_a_torn_value_behind_it) {
    EveryInstruction steps(twin(true));

    const Findings findings = steps.step_through();

    std::cout << findings << '\n';
    EXPECT_GT(count(findings, torn), 0U);
    EXPECT_EQ(count(findings, hung), 0U);
}

TEST_F(TwinIsCaught, a_kill_in_earnest_is_judged_as_the_copy_was) {
    for (const bool robust : {false, true}) {
        EveryInstruction steps(twin(robust));
        const Findings findings = steps.step_through();
        const Wrong wrong = robust ? torn : hung;
        const std::size_t n = first(findings, wrong);

        EXPECT_EQ(steps.kill_behind(n), wrong) << findings;
        EXPECT_EQ(steps.kill_behind(n, true), "a bystander: " + wrong) << findings;
        EXPECT_EQ(steps.kill_behind(0), "") << findings;
    }
}

TEST_F(TwinIsCaught, a_word_that_is_added_to_is_not_accused) {
    auto random = atomos::testing::random_stream(0);
    EveryInstruction steps(word());

    const Findings findings = steps.step_through();

    std::cout << findings << '\n';
    EXPECT_EQ(findings.wrong_instructions, 0U);
    for (int i = 0; i < 20; ++i) {
        const auto n = atomos::testing::below(random, steps.trail().size());
        EXPECT_EQ(steps.kill_behind(n, i % 2 == 0), "") << "behind " << n << " instructions";
    }
}

}  // namespace
