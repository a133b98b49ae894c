/// \file
/// What several processes did at once could have been done in turn, though one of them was killed in
/// the middle: what it had begun either happened or did not.
#include <gtest/gtest.h>

#include <atomos/process.hpp>
#include <iostream>
#include <memory>
#include <type_traits>

#include "crash/directory.hpp"
#include "crash/recorder.hpp"
#include "crash/thorough.hpp"

namespace {

using atomos::process::Region;
using crash::Recorder;
using crash::SeenAtom;
using crash::SeenNumber;

struct Names {
    template <class Access>
    static std::string GetName(int) {
        return std::is_same_v<Access, SeenNumber> ? "Number" : "Atom";
    }
};

template <class Access>
class KilledHistory : public testing::Test {};
using Subjects = testing::Types<SeenAtom, SeenNumber>;
TYPED_TEST_SUITE(KilledHistory, Subjects, Names);

TYPED_TEST(KilledHistory, could_have_been_made_in_turn) {
    const crash::Directory directory;
    directory.enter();
    crash::in_a_process_that_is_killed([] { Region::create("history", {.bytes = 64 << 10U}); });
    Recorder<TypeParam> recorder(
        [] { return std::make_unique<TypeParam>(Region::open("history"), "variable"); });
    auto random = atomos::testing::random_stream(0);

    long pending = 0;
    const long rounds = crash::number_from_environment("ATOMOS_CRASH_KILLS", 400);
    for (long i = 0; i < rounds; ++i) {
        const auto round = recorder.run(random);

        ASSERT_EQ(round.wrong, "");
        ASSERT_TRUE(atomos::testing::is_linearizable<typename TypeParam::Spec>(round.history,
                                                                               round.initial))
            << "from " << round.initial << ":" << crash::told(round.history);
        for (const auto& one : round.history) pending += one.result ? 0 : 1;
    }
    std::cout << pending << " of " << rounds << " processes were killed inside an operation\n";
    EXPECT_GT(pending, 0);
}

}  // namespace
