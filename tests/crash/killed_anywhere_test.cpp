/// \file
/// Whoever is killed, behind whichever instruction of whichever operation, harms nobody.
///
/// ATOMOS_CRASH_EVERY in the environment: 1000 kills in each operation are made in earnest.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <vector>

#include "crash/operations.hpp"
#include "crash/thorough.hpp"
#include "crash/world.hpp"
#include "support/seed.hpp"

namespace {

using crash::EveryInstruction;
using crash::Findings;
using crash::Operation;

class KilledAnywhere : public testing::TestWithParam<Operation> {
  protected:
    void SetUp() override {
        const std::string refused = crash::Stepper::refused();
        if (!refused.empty()) GTEST_SKIP() << refused;
        crash::World::learn_size();
    }
};

TEST_P(KilledAnywhere, a_process_harms_nobody) {
    EveryInstruction steps(GetParam());

    const Findings findings = steps.step_through();

    std::cout << findings << '\n';
    ASSERT_EQ(findings.wrong_instructions, 0U) << findings;

    auto random = atomos::testing::random_stream(0);
    const std::size_t size = steps.trail().size();
    const std::size_t kills = crash::every_instruction() ? std::min<std::size_t>(size, 1000) : 40;
    for (std::size_t i = 0; i < kills; ++i) {
        const std::size_t n =
            crash::every_instruction() ? i * size / kills : atomos::testing::below(random, size);
        ASSERT_EQ(steps.kill_behind(n, i % 2 == 0), "") << "behind " << n << " instructions";
    }
}

/// Unoptimised code has ten times as many instructions: of that, a few operations.
std::vector<Operation> chosen() {
    std::vector<Operation> all = crash::operations();
    if (crash::optimised || crash::every_instruction()) return all;
    static constexpr std::array quick{"deref", "reset", "swap", "compare_and_set", "add", "remove"};
    std::erase_if(all, [](const Operation& one) {
        return std::find(quick.begin(), quick.end(), one.name) == quick.end();
    });
    return all;
}

INSTANTIATE_TEST_SUITE_P(In, KilledAnywhere, testing::ValuesIn(chosen()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
